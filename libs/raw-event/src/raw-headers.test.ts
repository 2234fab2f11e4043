import {
  findRawHeaders,
  readRawHeaders,
  traceparentOfRequest,
  unlistedAppIdOf,
  writeRawHeaders,
  type NewRawHeaders,
  type RawHeaders,
} from './raw-headers.ts';

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

const onTheWire = (headers: NewRawHeaders): Record<string, Buffer> => bytesOf(writeRawHeaders(headers));

function bytesOf(texts: Record<string, string>): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, Buffer.from(value)]));
}

test('what was written is read', () => {
  expect(readRawHeaders(onTheWire(sample))).toEqual(sample);
  const unlisted = { ...sample, unlistedAppId: '520001' };
  expect(readRawHeaders(onTheWire(unlisted))).toEqual(unlisted);
  const odd = { ...sample, sourceId: 'a&b=c', dataType: '会话 +%;', contentType: 'text/xml; charset=gbk' };
  expect(readRawHeaders(onTheWire(odd))).toEqual(odd);
  const broken = { ...sample, contentType: 'a', dataType: 'b\nc' };
  expect(readRawHeaders(onTheWire(broken))).toEqual(broken);
  const half = { ...sample, dataType: 'a\ud800' };
  expect(readRawHeaders(onTheWire(half))).toEqual({ ...sample, dataType: 'a\ufffd' });
});

test('three headers describe a push, and a fourth one its trace when the caller began it', () => {
  expect(Object.keys(writeRawHeaders(sample))).toEqual([
    'sluice-push',
    'sluice-request',
    'sluice-payload-hash',
    'traceparent',
  ]);
  const own = { ...sample, traceparent: traceparentOfRequest(sample.requestId) };
  expect(own.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(writeRawHeaders({ ...own, traceparent: null })).toEqual(writeRawHeaders(own));
  expect(Object.keys(writeRawHeaders(own))).toHaveLength(3);
  expect(readRawHeaders(onTheWire(own))).toEqual(own);
  for (const requestId of ['', sample.requestId]) {
    const untraced = { ...sample, requestId, traceparent: '' };
    expect(readRawHeaders(onTheWire(untraced))).toEqual(untraced);
  }
});

test('however many texts there are, each is read as it is', () => {
  for (let at = 0; at < 2_500; at += 1) {
    const one = { ...sample, dataType: `type ${at % 1_250}` };
    expect(readRawHeaders(onTheWire(one))).toEqual(one);
  }
});

test('the headers of releases before 0.2 are read', () => {
  const older = {
    'sluice-source': 'shop-east',
    'sluice-vendor': 'acme',
    'sluice-data-type': 'chatStart',
    'sluice-received-at': '1563864422482',
    'sluice-request-id': sample.requestId,
    'content-type': 'application/xml',
    'sluice-key-used': 'current',
    'sluice-signed': 'true',
    'sluice-encrypted': 'true',
    'sluice-payload-hash': sample.payloadHash,
    traceparent: sample.traceparent,
  };
  expect(readRawHeaders(bytesOf(older))).toEqual(sample);
  expect(readRawHeaders(bytesOf({ ...older, 'sluice-foreign-app-id': '520001' }))).toEqual({
    ...sample,
    unlistedAppId: '520001',
  });
  const { 'sluice-key-used': _key, traceparent: _trace, ...lacking } = older;
  expect(readRawHeaders(bytesOf(lacking))).toEqual({ ...sample, traceparent: '', keyUsed: 'none' });
  for (const name of ['sluice-source', 'sluice-vendor', 'sluice-received-at'])
    expect(readRawHeaders(bytesOf({ ...older, [name]: '' }))).toBeNull();
});

test.each([
  ['520001', '520001'],
  ['a\u001b[2J\n\u4e00', 'a%1B%5B2J%0A%E4%B8%80'],
  ['\ud800', '%EF%BF%BD'],
  ['\n'.repeat(1000), '%0A'.repeat(1000).slice(0, 256)],
])('an unlisted app id is kept printable and bounded: %j', (appId, kept) => {
  expect(unlistedAppIdOf(appId)).toBe(kept);
});

test.each(['sluice-push', 'sluice-request'])('a record without %s is not one of ours', (name) => {
  const headers = onTheWire(sample);
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the test takes one header away
  delete headers[name];
  expect(readRawHeaders(headers)).toBeNull();
});

test('other missing headers are empty, never an error', () => {
  const { 'sluice-payload-hash': _hash, ...headers } = onTheWire(sample);
  expect(readRawHeaders(headers)).toEqual({ ...sample, payloadHash: '' });
  expect(findRawHeaders({})).toMatchObject({ sourceId: '', dataType: '', receivedAtMs: Number.NaN });
});
