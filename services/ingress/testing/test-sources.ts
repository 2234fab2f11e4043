import { createCipheriv, hash } from 'node:crypto';
import { Secret } from '@sluice/service/secret';
import type { EchatSource } from '@sluice/vendors/echat/settings';
import type { SobotSource } from '@sluice/vendors/sobot/settings';

/** Sources of both vendors and how the vendors would sign and encrypt for them. Written apart from the code under test. */

const keys = (current: string, previous?: string) => ({
  current: new Secret(current),
  previous: previous === undefined ? null : new Secret(previous),
});
const common = {
  stream: 'test',
  tenant: 'a tenant',
  token: null,
  aesKey: null,
  pathSecret: null,
  addresses: [],
  freshnessMs: 300_000,
  staleTimestamps: 'keep-apart',
  reusedSignatures: 'keep-apart',
  keptApartBytesPerHour: 1_000,
  plaintext: 'keep-apart',
  unlistedIds: 'accept',
  utcOffsetMinutes: 480,
  durationUnits: {},
} as const;

export const token = 'aTokenOfTheTests';
export const encodingAesKey = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
export const appKey = 'anAppKeyOfTheTests';
export const sobotAesKey = '1234567890abcdef';
export const pathSecret = 'a-path-secret-of-the-tests';
const appId = '520001';
const companyId = 'aCompany';

const echatSource: EchatSource = {
  ...common,
  id: 'echat-sealed',
  vendor: 'echat',
  token: keys(token),
  aesKey: keys(encodingAesKey),
  staff: null,
  settings: { timestampUnit: 'any', appIds: [appId] },
};
const sobotSource: SobotSource = {
  ...common,
  id: 'sobot-sealed',
  vendor: 'sobot',
  token: keys(appKey),
  aesKey: keys(sobotAesKey),
  staff: null,
  settings: { companyIds: [companyId] },
};
/** The token and the ticket key of a page in front of staff. */
export const pageToken = 'a-token-of-the-panel';
export const ticketKey = 'a ticket key of thirty-two bytes, at least';
export const panelOrigin = 'https://panel.example.com';
const otherPage = {
  id: 'other-panel',
  origins: ['https://other.example.com'],
  token: keys('a-token-of-another'),
  ticketKey: null,
  requestsPerMinute: 5,
};

export const sources = [
  echatSource,
  { ...echatSource, id: 'echat-plain', aesKey: null },
  {
    ...echatSource,
    id: 'echat-strict',
    staleTimestamps: 'refuse',
    reusedSignatures: 'refuse',
    unlistedIds: 'keep-apart',
  },
  { ...echatSource, id: 'echat-lenient', staleTimestamps: 'accept', reusedSignatures: 'accept' },
  {
    ...echatSource,
    id: 'echat-staff',
    staff: {
      signatureLifeMs: 60_000,
      pages: [
        {
          id: 'panel',
          origins: [panelOrigin, 'http://localhost:8080'],
          token: keys(pageToken, 'an-old-token-of-it'),
          ticketKey: keys(ticketKey),
          requestsPerMinute: 100,
        },
        otherPage,
      ],
    },
  },
  { ...echatSource, id: 'echat-inside', addresses: ['10.0.0.0/8', 'fd00::/16'] },
  sobotSource,
  { ...sobotSource, id: 'sobot-strict', staleTimestamps: 'refuse' },
  { ...sobotSource, id: 'sobot-open', token: null, aesKey: null, pathSecret: keys(pathSecret, 'an-old-one') },
] satisfies (EchatSource | SobotSource)[];

/** What Echat puts behind the question mark. */
export function echatQuery(
  timestamp: string | number,
  change: Record<string, string> = {},
  key = token,
): string {
  const [sent, nonce] = [String(timestamp), change.nonce ?? 'aNonce'];
  const signature = hash('sha1', [key, sent, nonce].sort().join(''), 'hex');
  return new URLSearchParams({
    timestamp: sent,
    nonce,
    signature,
    dataType: 'chatStart',
    ...change,
  }).toString();
}

/** What Sobot puts into the head. */
export function sobotHeaders(
  timestamp: string | number,
  key = appKey,
  randomCode = 'aRandomCode',
): Record<string, string> {
  return {
    'x-log-timestamp': String(timestamp),
    'x-log-randomcode': randomCode,
    'x-log-sign': hash('md5', `${companyId}${timestamp}${randomCode}${key}`, 'hex'),
  };
}

/** WeChat's scheme: AES-256-CBC over random, length, message and app id, padded to 32 bytes. */
export function echatEnvelope(message: string, sender = appId, key = encodingAesKey): Buffer {
  const aesKey = Buffer.from(`${key}=`, 'base64');
  const bytes = Buffer.from(message);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  const plain = Buffer.concat([Buffer.alloc(16, 7), length, bytes, Buffer.from(sender)]);
  const padding = 32 - (plain.length % 32);
  const cipher = createCipheriv('aes-256-cbc', aesKey, aesKey.subarray(0, 16)).setAutoPadding(false);
  const sealed = Buffer.concat([
    cipher.update(Buffer.concat([plain, Buffer.alloc(padding, padding)])),
    cipher.final(),
  ]);
  return Buffer.from(`<xml><Encrypt><![CDATA[${sealed.toString('base64')}]]></Encrypt></xml>`);
}

/** AES-128-CBC over the content, filled up with NULs. */
export function sobotEnvelope(content: string, key = sobotAesKey): Buffer {
  const bytes = Buffer.from(content);
  const filled = Buffer.concat([bytes, Buffer.alloc((16 - (bytes.length % 16)) % 16)]);
  const cipher = createCipheriv('aes-128-cbc', key, key).setAutoPadding(false);
  const sealed = Buffer.concat([cipher.update(filled), cipher.final()]).toString('base64');
  return Buffer.from(`{"sys_code":"21","type":"msg","content":${JSON.stringify(sealed)}}`);
}

/** One element of a calllog: AES-128-ECB under SHA1PRNG's key, in hex. */
export function sobotCall(record: string, key = sobotAesKey): string {
  const aesKey = hash('sha1', hash('sha1', key, 'buffer'), 'buffer').subarray(0, 16);
  const cipher = createCipheriv('aes-128-ecb', aesKey, null);
  return Buffer.concat([cipher.update(record), cipher.final()]).toString('hex');
}
