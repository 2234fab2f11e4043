import { readRawHeaders, writeRawHeaders, type RawHeaders } from './raw-headers.ts';

const sample: RawHeaders = {
  sourceId: 'echat-demo',
  vendor: 'echat',
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
