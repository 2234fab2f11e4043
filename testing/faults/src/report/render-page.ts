import { defaultKafkaClient, kafkaClients } from '@sluice/kafka/client';
import { mostMemoryMb } from '../system/memory.ts';
import { heapMb } from '../system/service.ts';
import { groups, type FaultCase, type Group } from '../fault-case.ts';
import { resultKey, type Result, type Results } from './results.ts';

const titles: Record<Group, string> = {
  ingress: 'Ingress',
  abuse: 'Abuse',
  kafka: 'Kafka',
  workers: 'Normalizer and sinks',
  whole: 'Whole',
};

const [other] = kafkaClients.filter((client) => client !== defaultKafkaClient);

const intro = `# What happens under faults

\`npm run faults\` drives the real services, as processes, against the real Kafka, schema registry, ClickHouse and
Elasticsearch, injects one fault at a time, and compares what is found in topics and stores with what the sender got
acknowledged: by payload hash, and by event id. The sender's ledger is no part of the system under test.

This page is generated from \`testing/faults/results.json\`, which every run of \`npm run faults\` brings up to date.
A row is the last run of its case. One whose command says \`--short\` had fewer rounds and shorter faults than the
text says; it does not replace a full run.

- **with ${other}**: the same case, with the services on the other client library (\`--client ${other}\`); all else is of
  ${defaultKafkaClient}, the default
- **lost**: acknowledged pushes that are in no topic, and events that are missing in a store
- **duplicates before**: records in topics beyond one for each push and each event
- **duplicates after**: copies beyond one that a reader of a store sees
- **recovery**: from the end of the fault to the end of its effect
- **restarts**: services that ended by themselves and were started again, as a supervisor does
- **memory**: the most that all services of the case held at one moment, resident; a case in which one of them held
  more than ${mostMemoryMb} MB fails. Each runs with a heap of ${heapMb} MB (\`--max-old-space-size\`)
`;

/** The page of results, as markdown. */
export function renderPage(cases: readonly FaultCase[], results: Results): string {
  const sections = groups.map((group) => {
    const own = cases.filter((one) => one.group === group);
    return [
      `## ${titles[group]}`,
      ...(own.length > 0 ? [tableOf(own, results), expectationsOf(own)] : []),
    ].join('\n\n');
  });
  return `${[intro + summaryOf(cases, results), ...sections].join('\n\n')}\n`;
}

function summaryOf(cases: readonly FaultCase[], results: Results): string {
  const ending = (outcome: Result['outcome']): number =>
    cases.filter(({ name }) => results[name]?.outcome === outcome).length;
  const full = cases.filter(({ name }) => results[name]?.outcome === 'pass' && !results[name].short).length;
  const counts = [
    `${ending('pass')} pass (${full} of them at full length)`,
    `${ending('fail')} fail`,
    ...(ending('not-run') > 0 ? [`${ending('not-run')} could not be run on this machine`] : []),
    `${cases.filter(({ name }) => results[name] === undefined).length} have not been run`,
  ];
  const others = cases.flatMap(({ name }) => (other && results[resultKey(name, other)]) ?? []);
  const passed = others.filter(({ outcome }) => outcome === 'pass');
  const whole = passed.filter(({ short }) => !short).length;
  return (
    `\nOf ${cases.length} cases ${counts.join(', ')}. ` +
    `With ${other} ${passed.length} of ${others.length} that were run pass (${whole} of them at full length).`
  );
}

function tableOf(cases: readonly FaultCase[], results: Results): string {
  const head = [
    'case',
    'fault',
    'acknowledged',
    'lost',
    'duplicates before',
    'after',
    'recovery',
    'restarts',
    'memory',
    'result',
    'command',
    `with ${other}`,
  ];
  const rows = cases.map((one) => [...rowOf(one, results[one.name]), otherOf(one, results)]);
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  // Padded to its widest cell the table could not be read as text.
  return ['<!-- prettier-ignore-start -->', ...lines, '<!-- prettier-ignore-end -->'].join('\n');
}

function rowOf({ name, fault }: FaultCase, result: Result | undefined): string[] {
  if (!result) return [name, fault, '', '', '', '', '', '', '', 'not yet run', ''];
  const seconds = result.recoverySeconds === null ? '–' : `${result.recoverySeconds} s`;
  return [
    name,
    fault,
    ...[result.acknowledged, result.lost, result.duplicatesBefore, result.duplicatesAfter].map(
      (count) => count?.toString() ?? '–',
    ),
    seconds,
    result.restarts.toString(),
    result.peakMemoryMb === 0 ? '–' : `${result.peakMemoryMb} MB`,
    verdictOf(result),
    `\`${result.command}\` (${result.date.slice(0, 10)})`,
  ];
}

function otherOf({ name }: FaultCase, results: Results): string {
  const result = other && results[resultKey(name, other)];
  if (!result) return 'not yet run';
  return `${verdictOf(result)}${result.short ? ', `--short`' : ''} (${result.date.slice(0, 10)})`;
}

function verdictOf({ outcome, reason }: Result): string {
  switch (outcome) {
    case 'pass':
      return 'pass';
    case 'fail':
      return `**fail**: ${inCell(reason)}`;
    case 'not-run':
      return `not run: ${inCell(reason)}`;
  }
}

/** One line, and not a whole log. */
function inCell(text: string): string {
  const line = text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();
  return line.length > 400 ? `${line.slice(0, 400)}…` : line;
}

function expectationsOf(cases: readonly FaultCase[]): string {
  return cases.map(({ name, expectation }) => `- \`${name}\`: ${expectation}`).join('\n');
}
