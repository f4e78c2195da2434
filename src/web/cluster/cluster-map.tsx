/** The map: a box for each node and each server of the journal, the connections between them, and which server copies to which. */
import { type CopyStatus, isSilent } from '../../protocol/cluster-status.ts'
import type { DemoPart } from '../../protocol/demo.ts'
import { text } from '../language/more.ts'
import type { Demo } from './demo.ts'
import { DemoButtons, sayDone } from './demo-buttons.tsx'
import type { Followed } from './follow.ts'
import { type NodeNames, sayAway, sayCopy } from './say.ts'
import { type SeenNode, shownNodes } from './status.ts'

interface Box {
  readonly key: string
  readonly name: string
  /** The page of the node itself. */
  readonly href?: string
  readonly lines: readonly string[]
  readonly isGone: boolean
  readonly isLeader: boolean
  readonly part: DemoPart | undefined
  /** The classes of the arrows that end at the box. */
  readonly arrow?: string
}

interface Wire {
  readonly from: number
  readonly to: number
  readonly isBroken: boolean
}

export function ClusterMap({
  followed,
  names,
  demo,
}: {
  readonly followed: Followed
  readonly names: NodeNames
  readonly demo: Demo
}) {
  const { last, now } = followed
  const seen = shownNodes(followed)
  const parts = demo.state?.parts ?? []
  const nodes = seen.map((each) => nodeBox(each, { names, now, part: parts.find(({ url }) => url === each.node.url) }))
  const servers = serverBoxes(followed, parts)
  if (servers.length === 0) return <Boxes title={text('clusterNodes')} boxes={nodes} demo={demo} />
  const placeOf = (server: string | undefined): number => servers.findIndex(({ name }) => name === server)
  const wires = seen.flatMap(({ node, isHere }, from): readonly Wire[] => {
    const to = placeOf(node.journalServer)
    return isHere && to >= 0 ? [{ from, to, isBroken: !node.ready }] : []
  })
  const copying = (last?.streams ?? []).flatMap(({ copies }) => {
    const from = placeOf(copies.find(({ isLeader }) => isLeader)?.server)
    const others = copies.filter(({ isLeader }) => !isLeader)
    return from < 0 ? [] : others.map((copy) => ({ from, to: placeOf(copy.server), isBroken: isSilent(copy) }))
  })
  const ends = (of: readonly Wire[], place: number, name: string): string =>
    of.some(({ to, isBroken }) => to === place && !isBroken) ? ` ${name}` : ''
  const pointed = servers.map((server, place) => ({
    ...server,
    arrow: ends(wires, place, 'used') + ends(copying, place, 'fed'),
  }))
  return (
    <div class="map">
      <Boxes title={text('clusterNodes')} boxes={nodes} demo={demo} />
      <Wires
        wires={wires}
        draw={({ from, to }) => drawWire(placeAt(from, nodes.length), placeAt(to, servers.length))}
      />
      <Boxes title={text('clusterServers')} boxes={pointed} demo={demo} />
      <Wires
        wires={copying}
        draw={({ from, to }) => drawCopy(placeAt(from, servers.length), placeAt(to, servers.length))}
      />
    </div>
  )
}

function nodeBox(
  seen: SeenNode,
  { names, now, part }: { readonly names: NodeNames; readonly now: number; readonly part: DemoPart | undefined },
): Box {
  const { node, isHere } = seen
  const { url, connections, version } = node
  const state = isHere ? text(node.ready ? 'clusterReady' : 'clusterNotReady') : sayAway(seen, now)
  return {
    key: url,
    name: names(url),
    href: `${url}/cluster`,
    lines: isHere ? [state, text('clusterCount', { count: connections }), text('clusterRuns', { version })] : [state],
    isGone: !isHere || !node.ready,
    isLeader: false,
    part,
  }
}

function serverBoxes({ last, isAnswered }: Followed, parts: readonly DemoPart[]): readonly Box[] {
  const streams = last?.streams ?? []
  const copies = new Map<string, CopyStatus>()
  for (const copy of streams.flatMap((stream) => stream.copies)) {
    const known = copies.get(copy.server)
    if (known === undefined || isSilent(copy)) copies.set(copy.server, copy)
  }
  const others = parts.filter(({ isNode }) => !isNode).map(({ name }) => name)
  return [...new Set([...copies.keys(), ...others])].toSorted().map((name) => {
    const copy = copies.get(name) ?? null
    const led = streams.filter((stream) => stream.copies.some((each) => each.isLeader && each.server === name))
    const leads = led.length === 0 ? '' : text('clusterLeads', { streams: led.map((stream) => stream.name).join(', ') })
    const isGone = !isAnswered || copy === null || isSilent(copy)
    const part = parts.find((each) => each.name === name)
    return { key: name, name, lines: [leads === '' ? sayCopy(copy) : leads], isGone, isLeader: led.length > 0, part }
  })
}

function Boxes({
  title,
  boxes,
  demo,
}: {
  readonly title: string
  readonly boxes: readonly Box[]
  readonly demo: Demo
}) {
  return (
    <section>
      <h2>{title}</h2>
      <ul class="boxes">
        {boxes.map(({ key, name, href, lines, isGone, isLeader, part, arrow }) => (
          <li key={key} class={`box${isGone ? ' away' : ''}${isLeader ? ' leader' : ''}${arrow ?? ''}`}>
            <h3 translate={false}>{href === undefined ? name : <a href={href}>{name}</a>}</h3>
            {lines.map((line, place) => (
              <p key={place} class={place === 0 ? 'state' : 'quiet'}>
                {line}
              </p>
            ))}
            {part !== undefined && (
              <>
                <p class="done">{sayDone(part)}</p>
                <DemoButtons part={part} demo={demo} />
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Lines between two rows of boxes, or two columns on a narrow screen. The boxes say the same in words. */
function Wires({ wires, draw }: { readonly wires: readonly Wire[]; readonly draw: (wire: Wire) => string }) {
  return (
    <svg class="wires" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
      <g>
        {wires.map((wire) => (
          <path key={draw(wire)} class={wire.isBroken ? 'broken' : ''} d={draw(wire)} />
        ))}
      </g>
    </svg>
  )
}

/** The middle of box `place` of `count`, in percent. */
const placeAt = (place: number, count: number): number => ((place + 0.5) / count) * 100

const drawWire = (from: number, to: number): string => `M${from} 0L${to} 100`

/** Down from the leader, along, and up to the copy. The boxes have the heads of the arrows. */
const drawCopy = (from: number, to: number): string => `M${from} 0V60H${to}V0`
