/** The node-to-node bus: messages may be lost, duplicated or late, and node pairs may be partitioned. */
import type { Random } from '../src/base/index.ts'
import { MemoryNodeBus } from '../src/service/index.ts'
import type { World } from './world.ts'

export function makeGossip(world: World): MemoryNodeBus {
  const random: Random = world.random('gossip')
  /**
   * Partitioned directions, each from one node's life to another. Only pairs that have exchanged a message are
   * partitioned.
   */
  const parted = new Set<string>()
  const met = new Set<string>()
  return new MemoryNodeBus((arrive, from, to) => {
    const way = `${from} ${to}`
    if (met.has(way) && !parted.has(way) && world.strikes('parting')) {
      parted.add(way)
      world.schedule.after(world.extent('parting', 100, 8_000), () => parted.delete(way))
    }
    const isCut = (): boolean => parted.has(way) && !world.isCalm
    if (isCut() || world.strikes('lostWord')) return
    const copies = world.strikes('doubledWord') ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      const late = world.strikes('lateWord') ? world.extent('lateWord', 50, 2_500) : 0
      world.schedule.after(1 + random.below(5) + late, () => {
        if (isCut()) return
        met.add(way)
        arrive()
      })
    }
  })
}
