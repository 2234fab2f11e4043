import type { Group, MissingCase } from '../fault-case.ts';

const spool = 'Waits for the spool.';

const missing = (group: Group, name: string, fault: string, reason: string): MissingCase => ({
  group,
  name,
  fault,
  reason,
});

/** What is wanted and cannot be run yet. */
export const missingCases: readonly MissingCase[] = [
  missing('ingress', 'spool-disk-full', 'the disk of the spool is full', spool),
  missing('ingress', 'spool-no-inodes', 'the disk of the spool is out of inodes', spool),
  missing('ingress', 'spool-read-only', 'the disk of the spool is read-only', spool),
  missing(
    'ingress',
    'spool-torn-tail',
    'killed during a spool write, and truncated at every byte of the last record',
    spool,
  ),
  missing('ingress', 'spool-flipped-byte', 'one flipped byte in the middle of the spool', spool),
  missing(
    'kafka',
    'packet-loss',
    '30 % of packets lost (nftables in a network namespace)',
    'The suite’s services and servers would have to run in a network namespace of their own.',
  ),
  missing('kafka', 'topic-deleted', 'a topic deleted under load', 'Nobody has written it.'),
  missing(
    'kafka',
    'foreign-snappy-batch',
    'raw records that a foreign producer wrote in snappy batches',
    'No codec of the repository writes snappy.',
  ),
  missing('kafka', 'gzip-bomb', 'a batch of 1 GB that gzip makes small', 'Nobody has written it.'),
  missing(
    'workers',
    'poison-throws',
    'a record at which the code throws',
    'Needs a way to plant such a record.',
  ),
  missing(
    'workers',
    'poison-hangs',
    'a record at which the process hangs',
    'Needs a way to plant such a record.',
  ),
  missing('workers', 'elasticsearch-mapping-conflict', 'a mapping that conflicts with documents', 'Nobody has written it.'), // prettier-ignore
  missing(
    'workers',
    'rebuild-stores',
    'both stores rebuilt from the raw topics',
    'Waits for `sluice rebuild`.',
  ),
];
