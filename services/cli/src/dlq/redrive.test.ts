import { first } from '../../testing/vendors.ts';
import type { OutgoingRecord, PublishOutcome } from '@sluice/kafka/publisher';
import type { StoredDeadLetter } from './read-dead-letters.ts';
import { redrive } from './redrive.ts';

const deadLetter: StoredDeadLetter = {
  ...{
    id: 'a',
    place: '0/1',
    redrivenAtMs: null,
    lost: null,
    attempts: 1,
    stage: 'INGRESS',
    reason: 'TOO_LARGE',
  },
  ...{ topic: `s.raw.${first}`, partition: 0, offset: 0, key: null, headers: [], payload: Buffer.from('x') },
  ...{
    first_seen: 1,
    detail: '',
    source_id: 'shop',
    vendor: 'UNKNOWN',
    vendor_id: first,
    data_type: 'chatEnd',
  },
};
const options = {
  stream: 's',
  sources: new Map(),
  receivers: {},
  maxAttempts: 5,
  rate: 10_000,
  isDryRun: false,
  schemaId: 1,
};

function taking(answer: (record: OutgoingRecord) => PublishOutcome['outcome']) {
  const asked: string[] = [];
  const publish = (record: OutgoingRecord): Promise<PublishOutcome> => {
    asked.push(record.topic);
    const outcome = answer(record);
    return Promise.resolve(outcome === 'published' ? { outcome, partition: 0, offset: '0' } : { outcome });
  };
  return { publish, asked };
}

test('a dead letter that Kafka finds too large is left, not marked, and ends nothing', async () => {
  const publisher = taking(() => 'too-large');
  expect(await redrive(deadLetter, publisher, options)).toEqual({
    outcome: 'undecodable',
    why: `Kafka finds a record for s.raw.${first} too large: raise its max.message.bytes`,
  });
  expect(publisher.asked).toEqual([`s.raw.${first}`]);
});

test('the mark comes after the record', async () => {
  const publisher = taking(() => 'published');
  expect(await redrive(deadLetter, publisher, options)).toEqual({
    outcome: 'redriven',
    topic: `s.raw.${first}`,
  });
  expect(publisher.asked).toEqual([`s.raw.${first}`, 's.dead-letter']);
});

test.each(['unavailable', 'queue-full', 'timed-out'] as const)(
  'a Kafka that answers %s ends the run',
  async (outcome) => {
    await expect(
      redrive(
        deadLetter,
        taking(() => outcome),
        options,
      ),
    ).rejects.toThrow(`Kafka did not accept a record for s.raw.${first} (${outcome}).`);
  },
);

test.each([`other.raw.${first}`, 's.dead-letter', `s.raw.${first}2`, 'x'])(
  'nothing is written to %s, which no service of the stream reads',
  async (topic) => {
    const publisher = taking(() => 'published');
    const result = await redrive({ ...deadLetter, topic }, publisher, options);
    expect(result.outcome).toBe('undecodable');
    expect(publisher.asked).toEqual([]);
  },
);

test('a dead letter of a newer release is left to that release', async () => {
  const publisher = taking(() => 'published');
  const lost = 'Schema 7 of dead-letter is newer than this release, which does not know the field opened.';
  expect(await redrive({ ...deadLetter, lost }, publisher, options)).toEqual({
    outcome: 'undecodable',
    why: `${lost} Redrive it with that release.`,
  });
  expect(publisher.asked).toEqual([]);
});

test('a mark with an impossible time is shown and stops nothing', async () => {
  expect(
    await redrive(
      { ...deadLetter, redrivenAtMs: NaN },
      taking(() => 'published'),
      options,
    ),
  ).toEqual({
    outcome: 'redriven-before',
    why: 'redriven NaN',
  });
});
