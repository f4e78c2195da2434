/** Loaded into a server by `--import`: answers what memory it needs, garbage collected first. */
process.on('message', () => {
  for (let times = 0; times < 3; times++) globalThis.gc?.()
  const { heapTotal, heapUsed, external } = process.memoryUsage()
  process.send?.({ held: heapUsed + external, free: heapTotal - heapUsed })
})
process.channel?.unref()
