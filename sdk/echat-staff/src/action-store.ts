/** An action as it is kept and sent. */
export interface StoredAction {
  readonly id: string;
  readonly session: string;
  readonly [name: string]: unknown;
}

/** Where actions wait beyond the life of a page. Nothing here throws or rejects: without a disk they wait in memory. */
export interface ActionStore {
  put(action: StoredAction): void;
  remove(ids: readonly string[]): void;
  all(): Promise<StoredAction[]>;
}

/** @param name of the database: one for each source */
export function openActionStore(name: string): ActionStore {
  const opened = new Promise<IDBDatabase | null>((resolve) => {
    try {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore('actions', { keyPath: 'id' });
      request.onsuccess = () => resolve(request.result);
      request.onerror = request.onblocked = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
  const within = <T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T> | undefined) =>
    opened.then(
      (database) =>
        new Promise<T | undefined>((resolve) => {
          try {
            if (!database) {
              resolve(undefined);
              return;
            }
            const transaction = database.transaction('actions', mode);
            const request = work(transaction.objectStore('actions'));
            transaction.oncomplete = () => resolve(request?.result);
            transaction.onerror = transaction.onabort = () => resolve(undefined);
          } catch {
            resolve(undefined);
          }
        }),
    );
  return {
    put: (action) => void within('readwrite', (store) => store.put(action)),
    remove: (ids) =>
      void within('readwrite', (store) => {
        for (const id of ids) store.delete(id);
        return undefined;
      }),
    all: async () => (await within<StoredAction[]>('readonly', (store) => store.getAll())) ?? [],
  };
}
