import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Sources for a bench: made-up accounts with secrets of this run, in the form of `config/sources.yaml`. */
export function writeBenchSources(folder: string, stream: string): string {
  const secret = (name: string, value: string): { current: { file: string } } => {
    writeFileSync(join(folder, name), value, { mode: 0o600 });
    return { current: { file: name } };
  };
  const companyIds = ['5cc2c708202d4defaf72d4bcac362a55'];
  const echat = {
    vendor: 'echat',
    stream,
    signed: true,
    encrypted: true,
    token: secret('echat-token', randomBytes(16).toString('hex')),
    aesKey: secret('echat-aes-key', randomBytes(32).toString('base64').slice(0, 43)),
    appIds: ['520001'],
  };
  const quietToken = secret('quiet-token', randomBytes(16).toString('hex'));
  const sources = [
    { ...echat, id: 'bench-echat' },
    { ...echat, id: 'bench-quiet', token: quietToken },
    {
      id: 'bench-sobot',
      vendor: 'sobot',
      stream,
      signed: true,
      encrypted: true,
      companyIds,
      token: secret('sobot-app-key', randomBytes(16).toString('hex')),
      aesKey: secret('sobot-aes-key', randomBytes(8).toString('hex')),
    },
  ];
  const file = join(folder, 'sources.yaml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ sources }, null, 2));
  return file;
}
