import { registerHooks } from 'node:module';

/**
 * Preloaded into a process: tells anybody who started it, asked by the message `loaded`, which packages of OpenTelemetry it
 * has loaded, by `import` or `require`.
 */
const loaded = new Set<string>();
registerHooks({
  load(url, context, next) {
    const [, name] = /\/node_modules\/@opentelemetry\/([^/]+)\//.exec(url) ?? [];
    if (name !== undefined) loaded.add(name);
    return next(url, context);
  },
});
process.on('message', (message) => {
  if (message === 'loaded') process.send?.({ loaded: [...loaded].sort() });
});
