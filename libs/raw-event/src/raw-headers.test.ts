import { unlistedAppIdOf, readRawHeaders, writeRawHeaders, type RawHeaders } from './raw-headers.ts';

const sample: RawHeaders = {
  sourceId: 'shop-east',
  vendor: 'acme',
  dataType: 'chatStart',
  receivedAtMs: 1_563_864_422_482,
  requestId: '0190b7a2-0000-7000-8000-000000000000',
  contentType: 'application/xml',
  keyUsed: 'current',
  signed: true,
  encrypted: true,
  payloadHash: 'ab'.repeat(32),
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};

function onTheWire(headers: RawHeaders): Record<string, Buffer> {
  return Object.fromEntries(
    Object.entries(writeRawHeaders(headers)).map(([name, value]) => [name, Buffer.from(value)]),
  );
}

test('what was written is read', () => {
  expect(readRawHeaders(onTheWire(sample))).toEqual(sample);
  const unlisted = { ...sample, unlistedAppId: '520001' };
  expect(readRawHeaders(onTheWire(unlisted))).toEqual(unlisted);
  const older = { ...onTheWire(sample), 'sluice-foreign-app-id': Buffer.from('520001') };
  expect(readRawHeaders(older)).toEqual(unlisted);
});

test.each([
  ['520001', '520001'],
  ['a\u001b[2J\n\u4e00', 'a%1B%5B2J%0A%E4%B8%80'],
  ['\ud800', '%EF%BF%BD'],
  ['\n'.repeat(1000), '%0A'.repeat(1000).slice(0, 256)],
])('an unlisted app id is kept printable and bounded: %j', (appId, kept) => {
  expect(unlistedAppIdOf(appId)).toBe(kept);
});

test.each(['sluice-source', 'sluice-vendor', 'sluice-received-at'])(
  'a record without %s is not one of ours',
  (name) => {
    const headers = onTheWire(sample);
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the test takes one header away
    delete headers[name];
    expect(readRawHeaders(headers)).toBeNull();
  },
);

test('other missing headers are empty, never an error', () => {
  const headers = onTheWire(sample);
  delete headers.traceparent;
  delete headers['sluice-key-used'];
  expect(readRawHeaders(headers)).toEqual({ ...sample, traceparent: '', keyUsed: 'none' });
});
