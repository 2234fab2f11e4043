import { sinks } from '../services/cli/src/sinks.ts';

// What the image runs: `ingress` and the other services by their names, `sluice` with a command.
const services = ['ingress', 'normalizer', ...sinks.map(({ service }) => service), 'agent-panel'];
const [name = '', ...args] = process.argv.slice(2);

if (services.includes(name)) {
  await import(`../services/${name}/src/main.ts`);
} else if (name === 'sluice') {
  process.argv = [process.argv[0], 'sluice', ...args];
  await import('../services/cli/src/main.ts');
} else {
  console.error(
    `Say what to run: ${services.join(', ')}, or sluice with a command; not ${name || 'nothing'}.`,
  );
  process.exitCode = 64;
}
