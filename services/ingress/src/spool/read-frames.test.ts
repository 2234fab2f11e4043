import { frameHeaderBytes, frameMarker, frameOf, placeFrame, segmentHeader, seedOf } from './frame.ts';
import { readFrames, type Found } from './read-frames.ts';
import type { SpoolFile } from './spool-files.ts';

jest.setTimeout(30_000);

const seed = seedOf('0000000000000001-0123456789abcdef.segment');
const bodies = ['first', 'the second one', 'third'].map((text) => Buffer.from(text));

/** A segment of these bodies, and the places where its frames begin. */
function segmentOf(parts: readonly Buffer[]): { bytes: Buffer; places: number[] } {
  const written = [segmentHeader(seed)];
  const places: number[] = [];
  let at = written[0]!.length;
  for (const body of parts) {
    const frame = frameOf([body], 1_700_000_000_000);
    placeFrame(frame, seed, at);
    places.push(at);
    written.push(frame);
    at += frame.length;
  }
  return { bytes: Buffer.concat(written), places };
}

async function read(bytes: Buffer, from = 0): Promise<Found[]> {
  const file = {
    read: (into: Buffer, position: number) => Promise.resolve(bytes.copy(into, 0, position)),
  } as SpoolFile;
  const all: Found[] = [];
  for await (const found of readFrames(file, seed, from, bytes.length)) all.push(found);
  return all;
}

function bodiesOf(found: readonly Found[]): string[] {
  return found.flatMap((each) => (each.found === 'frame' ? [each.body.toString()] : []));
}

function reasonsOf(found: readonly Found[]): string[] {
  return found.flatMap((each) => (each.found === 'damage' ? [each.reason] : []));
}

test('frames come out in order, with their times', async () => {
  const found = await read(segmentOf(bodies).bytes);
  expect(bodiesOf(found)).toEqual(bodies.map(String));
  for (const each of found)
    expect(each).toMatchObject({ found: 'frame', header: { appendedAtMs: 1_700_000_000_000 } });
});

test('reading can begin at any frame', async () => {
  const { bytes, places } = segmentOf(bodies);
  expect(bodiesOf(await read(bytes, places[1]))).toEqual(['the second one', 'third']);
});

test('a flipped byte costs the record it is in, and nothing else: every position, every bit', async () => {
  const { bytes, places } = segmentOf(bodies);
  for (let at = 0; at < bytes.length; at++)
    for (let mask = 1; mask < 256; mask <<= 1) {
      const damaged = Buffer.from(bytes);
      damaged.writeUInt8(damaged.readUInt8(at) ^ mask, at);
      const hit = places.findLastIndex((place) => place <= at);
      const found = await read(damaged);
      expect(bodiesOf(found)).toEqual(bodies.filter((_, index) => index !== hit).map(String));
      const inHeader =
        hit < 0 ? 'segment-header' : at < places[hit]! + frameHeaderBytes ? 'frame-header' : 'checksum';
      expect(reasonsOf(found)).toEqual([inHeader]);
    }
});

test('what is cut off at any byte of the last frame is torn, and the parts add up', async () => {
  const { bytes, places } = segmentOf(bodies);
  for (let end = places[2]! + 1; end < bytes.length; end++) {
    const found = await read(bytes.subarray(0, end));
    expect(bodiesOf(found)).toEqual(['first', 'the second one']);
    expect(found.at(-1)).toMatchObject({ found: 'damage', reason: 'torn', at: places[2], end });
  }
});

test('zeros to the end are torn; anything else there is damage', async () => {
  const { bytes } = segmentOf(bodies);
  const zeros = await read(Buffer.concat([bytes, Buffer.alloc(3 * 1024 * 1024)]));
  expect(reasonsOf(zeros)).toEqual(['torn']);
  const other = Buffer.alloc(3 * 1024 * 1024);
  other[other.length - 1] = 1;
  expect(reasonsOf(await read(Buffer.concat([bytes, other])))).toEqual(['frame-header']);
});

test('a frame inside a payload is not read as a frame, even where the frame around it is damaged', async () => {
  const inner = segmentOf([Buffer.from('never appended')]).bytes;
  const { bytes, places } = segmentOf([bodies[0]!, Buffer.concat([inner, frameMarker, inner]), bodies[2]!]);
  bytes.writeUInt8(0, places[1]);
  const found = await read(bytes);
  expect(bodiesOf(found)).toEqual(['first', 'third']);
  expect(reasonsOf(found)).toEqual(['frame-header']);
});

test('the next frame is found over many windows of reading, wherever its marker falls', async () => {
  const windowBytes = 1024 * 1024;
  for (let shift = -frameHeaderBytes - 1; shift <= 1; shift++) {
    const { bytes, places } = segmentOf([Buffer.alloc(3 * windowBytes + shift, 'x'), bodies[2]!]);
    bytes.writeUInt8(0xff, places[0]! + 8);
    expect(bodiesOf(await read(bytes))).toEqual(['third']);
  }
});

test('two damaged records are two', async () => {
  const { bytes, places } = segmentOf(bodies);
  for (const place of [places[0]!, places[1]!]) bytes.writeUInt8(0xff, place + frameHeaderBytes);
  const found = await read(bytes);
  expect(reasonsOf(found)).toEqual(['checksum', 'checksum']);
  expect(bodiesOf(found)).toEqual(['third']);
});
