import type { PushKind, RecentPush } from '@sluice/raw-event/recent-pushes';
import { broken, right, risky, type Finding } from '@sluice/service/finding';
import { podsOf, textAt } from '../find/ingress.ts';
import { sentenceOf } from './examination.ts';

/** How much of the disk of the spool must be free: what one day of a busy system writes. */
const lowDiskBytes = 1024 ** 3;

/** Whether the pods of ingress are ready, what waits in their spools, and what became of each source's last push. */
export async function* examineIngress(opsUrl: string): AsyncGenerator<Finding> {
  let pods: readonly string[];
  try {
    pods = await podsOf(opsUrl);
  } catch (error) {
    yield broken('ingress-name', sentenceOf(error), 'Correct --ingress-ops.');
    return;
  }
  const pushes: RecentPush[] = [];
  for (const pod of pods) {
    const found = await examinePod(pod);
    yield* found.findings;
    pushes.push(...found.pushes);
  }
  yield* examinePushes(pushes);
}

async function examinePod(pod: string): Promise<{ findings: Finding[]; pushes: readonly RecentPush[] }> {
  try {
    await textAt(new URL('/livez', pod));
  } catch (error) {
    const text = `${pod} gives no answer: ${sentenceOf(error)}`;
    return {
      pushes: [],
      findings: [broken('ingress-answer', text, 'Start ingress, or correct --ingress-ops.')],
    };
  }
  const findings: Finding[] = [];
  try {
    await textAt(new URL('/readyz', pod));
    findings.push(right('ingress-ready', `${pod} is ready.`));
  } catch (error) {
    findings.push(
      broken('ingress-ready', `${pod} is not ready: ${sentenceOf(error)}`, 'See docs/operations/runbooks.'),
    );
  }
  findings.push(...spoolOf(pod, await textAt(new URL('/metrics', pod))));
  const { pushes } = JSON.parse(await textAt(new URL('/pushes', pod))) as { pushes: readonly RecentPush[] };
  return { findings, pushes };
}

function spoolOf(pod: string, metrics: string): Finding[] {
  const sum = (name: string): number | null => {
    const values = [...metrics.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))];
    return values.length === 0 ? null : values.reduce((total, [, value]) => total + Number(value), 0);
  };
  if (sum('sluice_spool_max_bytes') === 0)
    return [
      risky(
        'no-spool',
        `${pod} has no spool: it refuses pushes while Kafka is unavailable.`,
        'Set SLUICE_SPOOL_FOLDER to a folder on a disk that stays.',
      ),
    ];
  const [records, quarantined] = [
    sum('sluice_spool_records') ?? 0,
    sum('sluice_spool_quarantined_files') ?? 0,
  ];
  const free = sum('sluice_spool_disk_free_bytes');
  const findings: Finding[] = [];
  if (records > 0) {
    const text = `${pod} has ${records} pushes on its disk that Kafka did not take.`;
    findings.push(risky('spool-records', text, 'See the runbook SluiceSpoolFilling.'));
  }
  if (quarantined > 0) {
    const text = `${pod} put ${quarantined} damaged files of its spool aside.`;
    findings.push(broken('spool-quarantined', text, 'See the runbook SluiceSpoolDamaged.'));
  }
  if (free !== null && free < lowDiskBytes) {
    const text = `${pod} has ${Math.floor(free / 1024 ** 2)} MiB left on the disk of its spool.`;
    const advice = 'Make the disk larger: it is all that takes pushes while Kafka is unavailable.';
    findings.push(risky('spool-disk', text, advice));
  }
  return findings;
}

/** What the last push of each source that was not refused tells, and the last one that was. */
function* examinePushes(pushes: readonly RecentPush[]): Generator<Finding> {
  for (const [source, own] of Map.groupBy(pushes, (push) => push.source)) {
    if (source === null) continue;
    const newest = (...kinds: PushKind[]): RecentPush | undefined =>
      own.filter(({ kind }) => kinds.includes(kind)).toSorted((one, other) => other.atMs - one.atMs)[0];
    const [taken, refused] = [newest('acknowledged', 'dead-lettered'), newest('refused', 'failed')];
    if (taken?.deadLetters.includes('UNDECRYPTABLE'))
      yield broken(
        'keys',
        `${source}: its last push could not be decrypted.`,
        'Correct aesKey in the sources file, then redrive its dead letters.',
      );
    else if (taken?.deadLetters.includes('STALE'))
      yield risky(
        'stale',
        `${source}: the timestamp of its last push was too old or in the future, so it was kept apart.`,
        'Compare the clock of this machine with the clock of the vendor, then redrive what is genuine.',
      );
    else if (refused && refused.atMs > (taken?.atMs ?? 0)) yield* refusedLast(source, refused);
    else if (taken)
      yield right('pushes', `${source}: its last push was taken at ${new Date(taken.atMs).toISOString()}.`);
  }
}

function* refusedLast(source: string, { reason, address }: RecentPush): Generator<Finding> {
  const from = address === null ? '' : ` from ${address}`;
  const advice = adviceOn[reason ?? ''];
  const text = `${source}: its last request${from} was not taken (${reason}).`;
  yield risky(`refused-${reason}`, text, advice ?? `See "sluice refused --source ${source}".`);
}

const adviceOn: Readonly<Record<string, string>> = {
  signature: 'Compare the token in the sources file with the one at the vendor, and the clocks of both.',
  address: 'Add the address of the vendor to access.addresses, or correct SLUICE_TRUST_PROXY.',
  'path-secret': 'Compare the URL at the vendor with access.pathSecret.',
  policy: 'Compare the clock of this machine with the clock of the vendor.',
};
