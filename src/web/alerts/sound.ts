/** A short sound, made by the browser: no file to load. Phones also vibrate. */

/** In s. */
const lengthS = 0.16
/** In ms. */
const vibrationMs = 60

/** Does nothing where the browser forbids sound, for example before the first click or tap on the page. */
export function playSound(): void {
  navigator.vibrate?.(vibrationMs)
  const context = new AudioContext()
  const { currentTime: now, destination } = context
  const volume = context.createGain()
  volume.gain.setValueAtTime(0.25, now)
  volume.gain.exponentialRampToValueAtTime(0.001, now + lengthS)
  volume.connect(destination)
  const tone = context.createOscillator()
  tone.type = 'triangle'
  tone.frequency.setValueAtTime(520, now)
  tone.frequency.exponentialRampToValueAtTime(390, now + lengthS)
  tone.connect(volume)
  tone.onended = () => void context.close()
  tone.start(now)
  tone.stop(now + lengthS)
}
