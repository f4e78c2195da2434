import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makePushServiceCheck, pushServices, whyNoPushService } from './push-services.ts'

test('[W51] addresses of the known push services are taken, and no others', () => {
  const accepts = makePushServiceCheck(pushServices)
  for (const endpoint of [
    'https://fcm.googleapis.com/fcm/send/abc:def',
    'https://updates.push.services.mozilla.com/wpush/v2/abc',
    'https://wns2-par02p.notify.windows.com/w/?token=abc',
    'https://web.push.apple.com/abc',
    'https://web.push.apple.com:443/abc',
    'HTTPS://FCM.googleapis.com/abc',
  ])
    assert.ok(accepts(endpoint), endpoint)
  for (const endpoint of [
    'http://fcm.googleapis.com/abc',
    'https://fcm.googleapis.com:8443/abc',
    'https://fcm.googleapis.com./abc',
    'https://fcm.googleapis.com.evil.example/abc',
    'https://evil.example/fcm.googleapis.com',
    'https://evilfcm.googleapis.com/abc',
    'https://notify.windows.com/abc',
    'https://evilnotify.windows.com/abc',
    'https://evil.example#.notify.windows.com',
    'https://evil.example\\.notify.windows.com',
    'https://user@fcm.googleapis.com/abc',
    'https://user:pass@fcm.googleapis.com/abc',
    'https://fcm.googleapis.com@evil.example/abc',
    'https://127.0.0.1/abc',
    'https://2130706433/abc',
    'https://[::1]/abc',
    'https://[::ffff:127.0.0.1]/abc',
    'https://169.254.169.254/latest/meta-data',
    'https://localhost/abc',
    'file:///etc/passwd',
    'data:text/plain,abc',
    'blob:https://fcm.googleapis.com/abc',
    '//fcm.googleapis.com/abc',
    '',
  ])
    assert.ok(!accepts(endpoint), endpoint)
})

test('[W51] an operator may name hosts and origins; without TLS only those of this machine', () => {
  const entries = [
    'push.example',
    '*.push.example',
    'https://push.example:8443',
    'http://127.0.0.1:8080',
    'http://[::1]',
  ]
  for (const entry of entries) assert.equal(whyNoPushService(entry), null, entry)
  for (const entry of [
    'http://push.example',
    'http://localhost:8080',
    'http://10.0.0.1',
    'https://push.example/path',
    'https://user@push.example',
    'blob:https://push.example',
    '*',
    '*.example.*',
    'push',
    '10.0.0.1',
    '[::1]',
    '',
  ])
    assert.notEqual(whyNoPushService(entry), null, entry)
  const accepts = makePushServiceCheck(entries)
  for (const endpoint of ['https://push.example/a', 'https://a.push.example/a', 'https://push.example:8443/a'])
    assert.ok(accepts(endpoint), endpoint)
  for (const endpoint of ['http://127.0.0.1:8080/a', 'http://[::1]/a']) assert.ok(accepts(endpoint), endpoint)
  for (const endpoint of [
    'http://127.0.0.1:8081/a',
    'http://127.0.0.1/a',
    'http://127.0.0.2:8080/a',
    'https://[::1]/a',
  ])
    assert.ok(!accepts(endpoint), endpoint)
  assert.ok(!accepts('blob:https://push.example:8443/a'))
})
