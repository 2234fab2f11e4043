import fc from 'fast-check';
import { frameReader, readRequestHead, rewriteBrokers } from './frames.ts';

function frame(bytes: Uint8Array): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(bytes.length);
  return Buffer.concat([size, bytes]);
}

test('frames are the same however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }),
      fc.array(fc.nat(30), { minLength: 1, maxLength: 8 }),
      (bodies, cuts) => {
        const stream = Buffer.concat(bodies.map(frame));
        const read = frameReader();
        const found: Buffer[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn += 1) {
          const length = 1 + (cuts[turn % cuts.length] ?? 0);
          found.push(...read(stream.subarray(at, at + length)));
          at += length;
        }
        expect(found).toEqual(bodies.map(frame));
      },
    ),
  );
});

test("a request's head is its key, version and correlation id", () => {
  const body = Buffer.from('0000000900001234ffff', 'hex');
  expect(readRequestHead(frame(body))).toEqual({ apiKey: 0, apiVersion: 9, correlationId: 0x1234 });
  expect(readRequestHead(frame(Buffer.alloc(3)))).toBeUndefined();
});

test('every broker that is known gets the port of its proxy', () => {
  const broker = (port: number): Buffer => {
    const bytes = Buffer.from('\0\x09127.0.0.1\0\0\0\0');
    bytes.writeInt32BE(port, bytes.length - 4);
    return bytes;
  };
  const ports = new Map([
    [9092, 1001],
    [9093, 1002],
  ]);
  const changed = rewriteBrokers(frame(Buffer.concat([9092, 9093, 7].map(broker))), '127.0.0.1', ports);
  expect(changed).toEqual(frame(Buffer.concat([1001, 1002, 7].map(broker))));
});
