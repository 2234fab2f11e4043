import { createFakePublisher } from './fake-publisher.ts';
import { publisherContract } from './publisher-contract.ts';

publisherContract('the fake publisher', () => {
  const publisher = createFakePublisher(['a-topic']);
  return Promise.resolve({
    publisher,
    topic: 'a-topic',
    read: () => Promise.resolve(publisher.records.map(({ value }) => value.toString())),
  });
});
