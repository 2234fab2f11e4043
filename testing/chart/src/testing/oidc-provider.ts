import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Provider, type AdapterConstructor } from 'oidc-provider';

// An identity provider, run on its own: `node oidc-provider.ts <port> <file with the secret of its client>`. It writes
// a line when it answers, and one for each token. Tokens are JWTs for the audience `kafka`.

const [port = '', secretFile = ''] = process.argv.slice(2);
const tokenLifeSeconds = 10;

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Its one client, with the secret of the moment. Nothing else is kept: tokens are signed. */
class Clients {
  readonly #model: string;
  constructor(model: string) {
    this.#model = model;
  }
  find(id: string) {
    if (this.#model !== 'Client' || id !== 'sluice') return Promise.resolve(undefined);
    return Promise.resolve({
      client_id: id,
      client_secret: readFileSync(secretFile, 'utf8'),
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    });
  }
}

const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter: Clients as unknown as AdapterConstructor,
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'one' }] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => 'urn:kafka',
      getResourceServerInfo: () => ({
        scope: 'kafka',
        audience: 'kafka',
        accessTokenFormat: 'jwt',
        accessTokenTTL: tokenLifeSeconds,
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
});
provider.on('grant.success', () => console.log('a token is issued'));
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
