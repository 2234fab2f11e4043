import { loadReceivers } from '@sluice/vendor-kit/vendor';
import { vendors } from '@sluice/vendors';
import { leastCpuMs } from '@sluice/vendors/testing/least-cpu-ms';
import { plainAddress, plainForwardedFor } from './address.ts';
import { rawKeyOf } from './raw-key.ts';

/** 16 times the bytes: linear work takes 16 times as long, quadratic 256 times. */
const mostGrowth = 80;
/** What is not measured: below it the clock and the compiler decide. */
const leastMeasuredMs = 2;

const ofAddresses: Readonly<Record<string, (size: number) => string>> = {
  addresses: (size) => '[::1]:1,'.repeat(size / 8),
  'brackets of addresses': (size) => '['.repeat(size),
  'quotes of addresses': (size) => '"'.repeat(size),
  spaces: (size) => ' '.repeat(size),
  digits: (size) => '1'.repeat(size),
};

test.each(Object.entries(ofAddresses))(
  'reading an address takes time as its length grows: %s',
  (_, shape) => {
    expectLinear(shape, (text) => {
      plainAddress(text);
      plainForwardedFor(text);
    });
  },
);

/** With the opening of an id, as a vendor writes it. */
const ofIds: Readonly<Record<string, (size: number, opening: string) => string>> = {
  'openings of an id': (size, opening) => opening.repeat(size / opening.length),
  'spaces behind an opening': (size, opening) => opening + ' '.repeat(size),
  'an id that does not end': (size, opening) => opening + '1'.repeat(size),
  'openings without their end': (size, opening) => opening.slice(0, -1).repeat(size / (opening.length - 1)),
};

test.each(Object.entries(ofIds))(
  'finding the key of a record takes time as it grows: %s',
  async (_, shape) => {
    for (const { conversationKey } of Object.values(await loadReceivers(vendors)))
      expectLinear(
        (size) => shape(size, conversationKey.opening),
        (text) => rawKeyOf('a', Buffer.from(text), 'hash', conversationKey),
      );
  },
);

function expectLinear(shape: (size: number) => string, read: (text: string) => unknown): void {
  const [small = 0, large = 0] = [16, 256].map((kib) => {
    const text = shape(kib * 1024);
    return leastCpuMs(() => read(text));
  });
  expect(large / Math.max(small, leastMeasuredMs)).toBeLessThan(mostGrowth);
}
