import { styleText } from 'node:util';
import { broken, type Finding, type Severity } from '@sluice/service/finding';
import { Option, type Command } from 'commander';
import { kafkaAt, registryAt } from '../access.ts';
import { Undone, UsageError } from '../exit-codes.ts';
import { brokers, gateway, ingressOps, json, registry, sources, stream } from '../options.ts';
import { kafkaUsers } from '../kafka-users.ts';
import { reachesByItself } from '../reach.ts';
import { sayer, type Print, type Say } from '../say.ts';
import { awaiting } from '../status-line.ts';
import { allStoreOptions, openStores, type Store, type StoreOptions } from '../stores.ts';
import { sentenceOf, type Examination } from './examination.ts';
import { addressOfUrl, reachAddress } from './reach-address.ts';

type DoctorOptions = StoreOptions & {
  readonly brokers?: string[];
  readonly schemaRegistry?: string;
  readonly sources?: string;
  readonly url?: string;
  readonly ingressOps?: string[];
  readonly as?: string;
  readonly acceptRisks: boolean;
  readonly json: boolean;
};

/** `sluice doctor` */
export function defineDoctor(command: Command, print: Print): void {
  reachesByItself(command);
  for (const option of [brokers(), registry(), ...allStoreOptions(), gateway(), ingressOps()])
    command.addOption(option);
  command
    .addOption(sources('as the services have it'))
    .addOption(stream())
    .addOption(component())
    .option('--accept-risks', 'end with exit code 0 although something is risky', false)
    .addOption(json())
    .addHelpText(
      'after',
      `
It examines what the options or the environment name, and changes nothing.
Exit codes: 0 all is right, 3 something is risky, 1 something is broken.

Examples:
  sluice doctor
  sluice doctor --brokers kafka:9092 --schema-registry http://registry:8080/apis/ccompat/v7
  sluice doctor --as normalizer
  sluice doctor --url https://push.example.com --json`,
    )
    .action(async (options: DoctorOptions) => {
      const examinations = [...examinationsOf(options, await openStores(options))];
      if (examinations.length === 0)
        throw new UsageError(
          'Nothing to examine: name a server, the sources file or the address of the gateway.',
        );
      const say = sayer(print, options.json);
      const counts = await examineAll(examinations, say);
      const sum = `${counts.right} right, ${counts.risky} risky, ${counts.broken} broken.`;
      if (counts.broken > 0) throw new Error(sum);
      if (counts.risky > 0 && !options.acceptRisks) throw new Undone(sum);
      say(sum, { of: 'sum', ...counts });
    });
}

/** Examinations of what the options name, in the order in which a push passes it. */
function* examinationsOf(options: DoctorOptions, stores: readonly Store[]): Generator<Examination> {
  yield* ofReceiving(options);
  yield* ofServers(options);
  for (const { sink, at, commands } of stores)
    yield {
      ...{ title: sink.title, at: at.url },
      run: reachedFirst(at.url, `--${sink.id}`, () => Promise.resolve(commands.examine(at))),
    };
}

function* ofReceiving({ sources: file, url, ingressOps: pods = [] }: DoctorOptions): Generator<Examination> {
  if (file !== undefined)
    yield {
      ...{ title: 'The sources file', at: file },
      run: later(async () => (await import('./sources.ts')).examineSources(file, process.env)),
    };
  if (url !== undefined)
    yield {
      ...{ title: 'The gateway', at: url },
      run: later(async () => (await import('./gateway.ts')).examineGateway(url)),
    };
  for (const pod of pods)
    yield {
      ...{ title: 'Ingress', at: pod },
      run: later(async () => (await import('./ingress.ts')).examineIngress(pod)),
    };
}

function* ofServers({
  brokers: addresses,
  schemaRegistry,
  ...options
}: DoctorOptions): Generator<Examination> {
  if (addresses !== undefined)
    yield {
      ...{ title: 'Kafka', at: addresses.join(', ') },
      run: later(async () =>
        (await import('./kafka.ts')).examineKafka(kafkaAt(addresses), {
          stream: options.stream,
          user: kafkaUsers.find(({ name }) => name === options.as),
          registry: schemaRegistry === undefined ? undefined : registryAt(schemaRegistry),
        }),
      ),
    };
  if (schemaRegistry !== undefined)
    yield {
      ...{ title: 'The schema registry', at: schemaRegistry },
      run: reachedFirst(schemaRegistry, '--schema-registry', async () =>
        (await import('./registry.ts')).examineRegistry(registryAt(schemaRegistry), options.stream),
      ),
    };
}

const component = (): Option =>
  new Option('--as <component>', 'examine its topics, and what its Kafka user must be permitted').choices(
    kafkaUsers.map(({ name }) => name),
  );

type Load = () => Promise<Iterable<Finding> | AsyncIterable<Finding>>;

/** Loads the code of an examination when it begins. */
const later = (load: Load): Examination['run'] =>
  async function* () {
    yield* await load();
  };

/** A server behind a URL: what it says is asked only when it is reached. */
const reachedFirst = (url: string, how: string, load: Load): Examination['run'] =>
  async function* () {
    const reached = await reachAddress(addressOfUrl(url), how);
    yield* reached;
    if (reached.every(({ severity }) => severity !== 'broken')) yield* await load();
  };

/** Examines all at once, and tells it in their order: what is told first may be why something later is wrong. */
async function examineAll(
  examinations: readonly Examination[],
  say: Say,
): Promise<Readonly<Record<Severity, number>>> {
  const counts = { right: 0, risky: 0, broken: 0 };
  const running = examinations.map(({ run, ...place }) => ({ ...place, found: allOf(run) }));
  for (const { title, at, found } of running) {
    const findings = await awaiting(`Examining ${title.replace(/^The/, 'the')} at ${at}`, () => found);
    findings.forEach((finding, index) => {
      counts[finding.severity] += 1;
      const lines = index === 0 ? [styleText('bold', `${title} at ${at}`)] : [];
      say([...lines, lineOf(finding)], { of: 'finding', server: title, at, ...finding });
    });
  }
  return counts;
}

/** What an examination tells; of one that fails, what it told before, and why it failed. */
async function allOf(run: Examination['run']): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    for await (const finding of run()) findings.push(finding);
  } catch (error) {
    findings.push(
      broken(
        'examination',
        `The examination ended early: ${sentenceOf(error)}`,
        'Correct this, and run it again.',
      ),
    );
  }
  return findings;
}

const signs = { right: ['green', '✓'], risky: ['yellow', '!'], broken: ['red', '✗'] } as const;

function lineOf({ severity, text, advice }: Finding): string {
  const [color, sign] = signs[severity];
  return `  ${styleText(color, sign)} ${text}${advice === '' ? '' : ` ${styleText('bold', advice)}`}`;
}
