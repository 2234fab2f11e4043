import { createFakeStore } from './fake-store.ts';
import { sampleItem } from './sample-items.ts';
import { storeContract } from './store-contract.ts';

storeContract('the fake store', () => {
  const store = createFakeStore({
    refuse: ({ event }) => (event.meta.event_type === 'refused' ? 'it says so' : undefined),
  });
  return Promise.resolve({
    store,
    prepare: () => {
      store.prepare();
      return Promise.resolve();
    },
    read: (topic, id) => Promise.resolve([store.read(topic, id)].filter((event) => event !== undefined)),
    spoil: (item) => sampleItem(item.topic, { event_id: item.id, event_type: 'refused' }),
    away: () => {
      const away = createFakeStore();
      away.failWith(new Error('away'));
      return Promise.resolve(away);
    },
    remove: () => store.close(),
  });
});
