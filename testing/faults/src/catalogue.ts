import { backlogCases } from './cases/backlog.ts';
import { bodyCases } from './cases/bodies.ts';
import { controlCharacterCases } from './cases/control-characters.ts';
import { clockCases } from './cases/clock.ts';
import { clusterCases } from './cases/cluster.ts';
import { deadLetterCases } from './cases/dead-letters.ts';
import { foreignBatchCases } from './cases/foreign-batches.ts';
import { ingressCases } from './cases/ingress.ts';
import { kafkaAwayCases } from './cases/kafka-away.ts';
import { offsetCases } from './cases/offsets.ts';
import { packetLossCases } from './cases/packet-loss.ts';
import { poisonCases } from './cases/poison.ts';
import { rebuildCases } from './cases/rebuilds.ts';
import { replayCases } from './cases/replays.ts';
import { signatureCases } from './cases/signatures.ts';
import { slowClientCases } from './cases/slow-clients.ts';
import { resendCases } from './cases/resends.ts';
import { refusalCases } from './cases/refusals.ts';
import { spoolDamageCases } from './cases/spool-damage.ts';
import { spoolDiskCases } from './cases/spool-disks.ts';
import { spoolRestartCases } from './cases/spool-restart.ts';
import { storeCases } from './cases/stores.ts';
import { topicCases } from './cases/topics.ts';
import { wholeCases } from './cases/whole.ts';
import { workerCases } from './cases/workers.ts';
import { floodCases } from './cases/flood.ts';
import { forgedFieldCases } from './cases/forged-fields.ts';
import { hostilePayloadCases } from './cases/hostile-payloads.ts';
import { keptApartCases } from './cases/kept-apart.ts';
import { keyRotationCases } from './cases/key-rotation.ts';
import { oddMonthCases } from './cases/odd-months.ts';
import { partitionBlockedCases } from './cases/partition-blocked.ts';
import { partitionSkipCases } from './cases/partition-skip.ts';
import { registryHangsCases } from './cases/registry-hangs.ts';
import { rollingSchemaCases } from './cases/rolling-schemas.ts';
import { streamCases } from './cases/streams.ts';
import { tableHangsCases } from './cases/table-hangs.ts';
import { groups, type FaultCase, type Group } from './fault-case.ts';

/** Every case, by group. */
export const cases: readonly FaultCase[] = inGroups([
  ...ingressCases,
  ...clockCases,
  ...bodyCases,
  ...controlCharacterCases,
  ...slowClientCases,
  ...signatureCases,
  ...replayCases,
  ...resendCases,
  ...keptApartCases,
  ...keyRotationCases,
  ...forgedFieldCases,
  ...hostilePayloadCases,
  ...oddMonthCases,
  ...floodCases,
  ...kafkaAwayCases,
  ...spoolDiskCases,
  ...spoolDamageCases,
  ...spoolRestartCases,
  ...packetLossCases,
  ...clusterCases,
  ...topicCases,
  ...streamCases,
  ...foreignBatchCases,
  ...workerCases,
  ...registryHangsCases,
  ...deadLetterCases,
  ...poisonCases,
  ...offsetCases,
  ...storeCases,
  ...refusalCases,
  ...backlogCases,
  ...partitionBlockedCases,
  ...partitionSkipCases,
  ...tableHangsCases,
  ...rebuildCases,
  ...rollingSchemaCases,
  ...wholeCases,
]);

/** @throws an error that names what is no case */
export function casesNamed(names: readonly string[]): FaultCase[] {
  return names.map((name) => {
    const found = cases.find((one) => one.name === name);
    if (!found) throw new Error(`There is no case ${name}: --list names them all.`);
    return found;
  });
}

function inGroups<T extends { group: Group }>(unordered: readonly T[]): T[] {
  return groups.flatMap((group) => unordered.filter((one) => one.group === group));
}
