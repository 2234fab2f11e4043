import kafkajs, { type Mechanism } from 'kafkajs';
import type { TokenLogin } from '../client.ts';
import { tokenRefusal } from '../token-refusal.ts';

const { KafkaJSConnectionError, KafkaJSNonRetriableError } = kafkajs;

/**
 * OAUTHBEARER for kafkajs. Its own takes a refused token for a login (2.2.4, `saslAuthenticator/oauthBearer.js`): the next
 * request would break the connection, and no error would say why.
 */
export function kafkajsTokenLogin(login: TokenLogin): Mechanism {
  return {
    mechanism: 'oauthbearer',
    authenticationProvider: ({ host, port, saslAuthenticate }) => ({
      async authenticate() {
        const token = await login.token().catch((error: unknown) => {
          const message = error instanceof Error ? error.message : String(error);
          throw new KafkaJSConnectionError(message, { broker: `${host}:${port}` });
        });
        await saslAuthenticate({
          request: { encode: () => withLength(tokenMessage(token, login.extensions)) },
          response: {
            decode: (bytes) => bytes.subarray(lengthBytes),
            parse(answer) {
              const refusal = tokenRefusal(answer);
              if (refusal !== null) throw new KafkaJSNonRetriableError(refusal);
            },
          },
        });
      },
    }),
  };
}

/** The client's first message (RFC 7628, section 3.1; extensions of KIP-342). */
function tokenMessage(token: string, extensions: Readonly<Record<string, string>> = {}): Buffer {
  const pairs = Object.entries({ auth: `Bearer ${token}`, ...extensions });
  return Buffer.from(`n,,\u0001${pairs.map(([name, value]) => `${name}=${value}\u0001`).join('')}\u0001`);
}

/** Of the length that kafkajs has before SASL's bytes. */
const lengthBytes = 4;

function withLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(lengthBytes);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
