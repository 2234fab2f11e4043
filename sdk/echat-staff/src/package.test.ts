import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const built = (name: string): string => readFileSync(join(dist, name), 'utf8');

beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'build/build.ts')], { stdio: 'inherit' });
}, 120_000);

const limitBytes = 6 * 1024;

test.each(['echat-staff-sdk.mjs', 'echat-staff-sdk.js'])('%s is smaller than 6 KB, gzipped', (name) => {
  const bytes = gzipSync(built(name), { level: 9 }).length;
  process.stdout.write(`${name}: ${built(name).length} bytes, ${bytes} gzipped\n`);
  expect(bytes).toBeLessThan(limitBytes);
});

test('it is ASCII: a page without a charset reads it as it is meant', () => {
  expect(built('echat-staff-sdk.js')).toMatch(/^[\n\x20-\x7e]*$/);
});

test('the public API is this', () => {
  const api = built('types/connect.d.ts')
    .replace(/^import .*\n/gm, '')
    .replace(/^declare .*\n/gm, '')
    .trim();
  process.stdout.write(`${built('types/index.d.ts')}\n${api}\n`);
  const { SluiceStaff } = runInNewContext(`${built('echat-staff-sdk.js')};({ SluiceStaff })`) as {
    SluiceStaff: Record<string, unknown>;
  };
  expect(Object.keys(SluiceStaff).sort()).toEqual(['StaffSdkError', 'connect']);
  const methods = [...api.slice(api.indexOf('interface StaffSdk')).matchAll(/^ {4}(\w+)\(/gm)];
  expect(methods.map(([, method]) => method)).toEqual([
    'getParamData',
    'pushVisitorEvent',
    'setVisitorChatSign',
    'sendTxtMsgToVisitor',
    'sendImageToVisitor',
    'sendVideoToVisitor',
    'sendVoiceToVisitor',
    'sendFileToVisitor',
    'onSelectVisitor',
    'onReceiveMsg',
    'onCrmUpdate',
    'supports',
    'flush',
    'waiting',
  ]);
});

const pageOfACompany = `
import { connect, StaffSdkError, type Card } from './types/index.js';

const card: Card = { eventId: 'cook1005', title: '毛衣', anything: 'else' };
try {
  const sdk = await connect({
    gateway: 'https://sluice.example.com',
    source: 'shop-echat',
    credential: async () => (await fetch('/my-ticket')).text(),
    identity: () => ({ staffId: '8021' }),
    capture: { text: 'hash' },
  });
  const visitorId: string = sdk.getParamData('visitorData', 'visitorId');
  await sdk.pushVisitorEvent({ ...card, memo: visitorId });
  await sdk.setVisitorChatSign({ chatSign: 1 });
  // @ts-expect-error: the document allows 0 and 1.
  await sdk.setVisitorChatSign({ chatSign: 2 });
  // @ts-expect-error: there is no such method.
  sdk.supports('sendMoney');
  if (sdk.supports('onSelectVisitor'))
    await sdk.onSelectVisitor(({ chatStatus, visitorData }) => console.log(chatStatus, visitorData?.visitorId));
} catch (error) {
  if (error instanceof StaffSdkError && error.code === 'refused') console.error(error.message, error.detail);
}
`;

test('a page in TypeScript has all types of it, and nothing else is needed', () => {
  const page = join(dist, 'page-of-a-company.ts');
  writeFileSync(page, pageOfACompany);
  const options = { noEmit: true, strict: true, lib: ['es2020', 'dom'], types: [], target: 'es2022' };
  const modules = { module: 'esnext', moduleResolution: 'bundler', skipLibCheck: false };
  const config = { compilerOptions: { ...options, ...modules }, files: [page] };
  writeFileSync(join(dist, 'tsconfig.json'), JSON.stringify(config));
  const typescript = join(root, '../../node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [typescript, '-p', join(dist, 'tsconfig.json')]);
  expect(String(stdout)).toBe('');
  expect(JSON.parse(built('package.json'))).not.toHaveProperty('dependencies');
}, 60_000);
