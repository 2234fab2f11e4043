import { createRequire } from 'node:module';

interface Encoder {
  writeInt8(value: number): Encoder;
  writeString(value: string): Encoder;
  writeBoolean(value: boolean): Encoder;
  writeArray(values: readonly Encoder[]): Encoder;
}

interface Resource {
  readonly type: number;
  readonly name: string;
  readonly configEntries: readonly { readonly name: string; readonly value: string }[];
}

interface Request {
  readonly resources: readonly Resource[];
  readonly validateOnly?: boolean;
}

type MakeRequest = (request: Request) => { readonly request: object; readonly response: object };

/** What is used of kafkajs' Broker. */
interface Broker {
  alterConfigs(request: Request): Promise<unknown>;
  /** @throws when the broker does not have the request of this key */
  lookupRequest(
    key: number,
    definition: { readonly versions: string[]; readonly protocol: () => MakeRequest },
  ): MakeRequest;
  [key: symbol]: (request: ReturnType<MakeRequest>) => Promise<unknown>;
}

/** IncrementalAlterConfigs (KIP-339): Kafka 2.3 and later. */
const apiKey = 44;
const set = 0;

/**
 * Makes `alterConfigs` of kafkajs (2.2.4) send IncrementalAlterConfigs, which the library lacks. Its AlterConfigs resets
 * each setting of a topic that it is not sent, also one that somebody makes at the same moment.
 */
export function alterConfigsIncrementally(): void {
  const load = createRequire(import.meta.url);
  const { prototype } = load('kafkajs/src/broker') as { prototype: Broker };
  const NewEncoder = load('kafkajs/src/protocol/encoder') as new () => Encoder;
  // Version 0 of both answers has the same fields.
  const response = load('kafkajs/src/protocol/requests/alterConfigs/v0/response') as object;
  const send = Object.getOwnPropertySymbols(prototype).find(({ description }) =>
    description?.endsWith('sendRequest'),
  );
  if (send === undefined) throw new Error('kafkajs does not send requests as it did in version 2.2.4.');

  const encodeResource = ({ type, name, configEntries }: Resource): Encoder =>
    new NewEncoder()
      .writeInt8(type)
      .writeString(name)
      .writeArray(
        configEntries.map((entry) =>
          new NewEncoder().writeString(entry.name).writeInt8(set).writeString(entry.value),
        ),
      );
  const make: MakeRequest = ({ resources, validateOnly = false }) => ({
    request: {
      ...{ apiKey, apiVersion: 0, apiName: 'IncrementalAlterConfigs' },
      encode: () =>
        Promise.resolve(
          new NewEncoder().writeArray(resources.map(encodeResource)).writeBoolean(validateOnly),
        ),
    },
    response,
  });
  prototype.alterConfigs = async function (this: Broker, request) {
    return this[send]?.(this.lookupRequest(apiKey, { versions: ['0'], protocol: () => make })(request));
  };
}
