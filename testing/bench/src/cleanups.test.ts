import { createCleanups } from './cleanups.ts';

test('the last step is taken first, and one that fails does not stop the others', async () => {
  const taken: string[] = [];
  const failures: unknown[] = [];
  const cleanups = createCleanups((error) => void failures.push(error));
  cleanups.add(() => Promise.resolve(taken.push('servers')));
  cleanups.add(() => Promise.reject(new Error('gone')));
  cleanups.add(() => Promise.resolve(taken.push('ingress')));
  await cleanups.run();
  expect(taken).toEqual(['ingress', 'servers']);
  expect(failures).toEqual([new Error('gone')]);
});

test('what is added afterwards is undone at once', async () => {
  const cleanups = createCleanups(() => undefined);
  await cleanups.run();
  const late = jest.fn(() => Promise.resolve());
  cleanups.add(late);
  expect(late).toHaveBeenCalled();
});
