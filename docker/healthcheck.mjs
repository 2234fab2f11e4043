// `healthcheck.mjs [livez|readyz]`: whether the service in this container says that it is.
const [asked = 'livez'] = process.argv.slice(2);
const port = process.env.SLUICE_OPS_PORT ?? '9090';
const answer = await fetch(`http://127.0.0.1:${port}/${asked}`).catch((error) => error);
if (answer.ok !== true) {
  console.error(answer instanceof Error ? 'Nobody answers.' : await answer.text());
  process.exitCode = 1;
}
