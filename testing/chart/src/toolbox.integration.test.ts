import { createReleaseStream, type ReleaseStream, selfTestVendor } from './testing/release-stream.ts';
import { ingressCommands, toolboxCommands } from './toolbox.ts';

jest.setTimeout(300_000);

let release: ReleaseStream;
beforeAll(async () => {
  release = await createReleaseStream();
});
afterAll(() => release.remove());

test.each(toolboxCommands.map((command) => [command.join(' '), command] as const))(
  'in the toolbox "sluice %s" finds every server and file by itself',
  async (_, command) => {
    const { code, output } = await release.sluice(...command);
    // Nothing was sent yet: what is looked for is nowhere.
    expect([code, output]).toEqual(
      command[0] === 'find' ? [1, expect.stringContaining('was found nowhere')] : [0, expect.any(String)],
    );
  },
);

test.each(ingressCommands.map((command) => [command.join(' '), command] as const))(
  'in the toolbox "sluice %s" knows where ingress is by itself',
  async (_, command) => {
    const { output } = await release.sluice(...command);
    // There is no cluster here: the name leads nowhere.
    expect(output).toMatch(/sluice-ingress(?:-pods)?\b/);
  },
);

test('its sources are those of the release, with their secrets', async () => {
  const { output } = await release.sluice('check', 'sources');
  expect(output).toContain(`self-test: ${selfTestVendor}, stream ${release.stream}, unsigned, plain`);
});
