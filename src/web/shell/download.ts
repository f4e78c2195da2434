/** Stores a file on the visitor's device. */
export function saveFile(file: File): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = file.name
  link.click()
  URL.revokeObjectURL(link.href)
}

/** The same with a value as JSON. */
export function download(name: string, value: unknown): void {
  saveFile(new File([`${JSON.stringify(value, null, 2)}\n`], name, { type: 'application/json' }))
}
