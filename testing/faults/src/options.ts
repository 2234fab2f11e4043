import { parseArgs } from 'node:util';
import { defaultKafkaClient, kafkaClients, type KafkaClient } from '@sluice/kafka/client';

export interface FaultOptions {
  readonly names: readonly string[];
  readonly list: boolean;
  readonly short: boolean;
  /** Only cases that have not passed yet in a run of this length. */
  readonly resume: boolean;
  readonly seed: string;
  /** The library by which the services talk to Kafka. */
  readonly client: KafkaClient;
}

export const usage = `npm run faults                    every case, one after the other
npm run faults -- <name>...       these cases
npm run faults -- --list          every case and its fault
  --resume        of them those that have not passed yet in a run of this length, to continue where a run ended
  --seed <text>   decides the traffic and the moments of faults (default: 1)
  --client <name> the library by which the services talk to Kafka: ${kafkaClients.join(' or ')} (default: ${defaultKafkaClient})
  --short         fewer rounds and shorter faults, as a check of a change; the page keeps rows of full runs`;

/** @throws an error for what cannot be read */
export function parseOptions(args: readonly string[]): FaultOptions | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      list: { type: 'boolean', default: false },
      short: { type: 'boolean', default: false },
      resume: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      client: { type: 'string', default: defaultKafkaClient },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const { list, short, resume, seed } = values;
  const client = kafkaClients.find((name) => name === values.client);
  if (client === undefined) throw new Error(`--client must be ${kafkaClients.join(' or ')}.`);
  return { names: positionals, list, short, resume, seed, client };
}

/** The command that runs a case again as it was run. */
export function commandOf(
  name: string,
  { short, seed, client }: Pick<FaultOptions, 'short' | 'seed' | 'client'>,
): string {
  const flags = [
    ...(short ? ['--short'] : []),
    ...(seed === '1' ? [] : [`--seed ${seed}`]),
    ...(client === defaultKafkaClient ? [] : [`--client ${client}`]),
  ];
  return ['npm run faults --', name, ...flags].join(' ');
}
