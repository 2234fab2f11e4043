import { join } from 'node:path';
import { httpShape, listeningOf } from './http-settings.ts';
import { ConfigError, readConfig } from './read-config.ts';

const certificates = join(import.meta.dirname, '../../kafka/testing/certificates');
const pem = join(certificates, 'broker.pem');
const listening = (env: Record<string, string>) =>
  listeningOf(readConfig(httpShape, env), { warn: () => undefined });

test('neither TLS nor headers by default', () => {
  expect(listening({})).toEqual({
    ...{ host: undefined, port: 8080, maxConnections: 2_000, keepAliveMs: 620_000, proxyProtocol: false },
  });
});

test('a certificate and headers', () => {
  const { certificate, proxyProtocol } = listening({
    SLUICE_TLS_CERT_FILE: pem,
    SLUICE_TLS_KEY_FILE: pem,
    SLUICE_PROXY_PROTOCOL: 'on',
  });
  expect(certificate?.().cert.toString()).toContain('BEGIN CERTIFICATE');
  expect(proxyProtocol).toBe(true);
});

test.each<[Record<string, string>, RegExp]>([
  [{ SLUICE_TLS_CERT_FILE: pem }, /^SLUICE_TLS_CERT_FILE and SLUICE_TLS_KEY_FILE: set both or none\.$/],
  [{ SLUICE_TLS_KEY_FILE: pem }, /set both or none/],
  [
    { SLUICE_TLS_CERT_FILE: join(certificates, 'authority.crt'), SLUICE_TLS_KEY_FILE: pem },
    /^The files of SLUICE_TLS_CERT_FILE and SLUICE_TLS_KEY_FILE cannot be used: .*key values mismatch/,
  ],
  [{ SLUICE_TLS_CERT_FILE: 'missing', SLUICE_TLS_KEY_FILE: pem }, /cannot be used: ENOENT/],
  [{ SLUICE_PROXY_PROTOCOL: 'v1' }, /SLUICE_PROXY_PROTOCOL/],
])('%j ends in one message', (env, message) => {
  expect(() => listening(env)).toThrow(ConfigError);
  expect(() => listening(env)).toThrow(message);
});
