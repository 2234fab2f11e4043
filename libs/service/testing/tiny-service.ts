import { z } from 'zod';
import { readConfig } from '../src/read-config.ts';
import { commonShape } from '../src/common-settings.ts';
import { runService } from '../src/run-service.ts';

/** A service that does nothing but live, for the tests of `runService`: its starter tells it when to continue. */
const shape = {
  ...commonShape,
  behaviour: z
    .enum(['normal', 'fails-at-start', 'fails-later', 'stop-hangs', 'stop-yields', 'stop-fails'])
    .default('normal'),
};

const toldByStarter = (word: string) =>
  new Promise<void>((resolve) => {
    process.on('message', (message) => {
      if (message === word) resolve();
    });
  });

await runService(
  'tiny',
  process,
  (env) => readConfig(shape, env),
  async ({ config: { behaviour }, log, tracing, fail }) => {
    if (behaviour === 'fails-at-start') throw new Error('The topic is missing: create it first.');
    let reasons = ['Kafka has not answered yet.'];
    void toldByStarter('ready').then(() => (reasons = []));
    void toldByStarter('fail').then(() => fail(new Error('The consumer is dead.')));
    void toldByStarter('hang').then(() => {
      for (;;);
    });
    void toldByStarter('trace').then(() =>
      tracing?.begin('tiny', { kind: 'server', parent: undefined, attributes: {} }).end(),
    );
    const drained = toldByStarter('drained');
    await toldByStarter('start');
    const forced = Promise.withResolvers<undefined>();
    return {
      notReady: () => reasons,
      async stop() {
        log.info('draining');
        if (behaviour === 'stop-fails') throw new Error('The last commit failed.');
        if (behaviour === 'stop-hangs') await new Promise(() => undefined);
        await (behaviour === 'stop-yields' ? forced.promise : drained);
        log.info('drained');
      },
      abort() {
        forced.resolve(undefined);
        return ['Two records may be there twice.'];
      },
    };
  },
);
