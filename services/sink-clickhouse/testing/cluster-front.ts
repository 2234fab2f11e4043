import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A server that answers as a cluster of one replica: the real engine behind it has no keeper. */
export interface ClusterFront {
  readonly url: string;
  /** What was run on the cluster, as it was sent. */
  readonly onCluster: readonly string[];
  /** Statements that change what a database has, and name no cluster: one replica alone would have done them. */
  readonly onOneServer: readonly string[];
  close(): Promise<void>;
}

const changes = /^(?:--.*\n|\s)*(?:CREATE|ALTER|EXCHANGE|DROP|RENAME|TRUNCATE)\b/;
const replicated = 'ReplicatedReplacingMergeTree';
const plain = 'ReplacingMergeTree';

/**
 * Passes on what it is sent. Of a statement `ON CLUSTER` the engine first says that it can parse it, then it does it
 * without these words and with tables that are not replicated; those who ask see replicated ones.
 */
export async function startClusterFront(behind: string, cluster: string): Promise<ClusterFront> {
  const [onCluster, onOneServer]: [string[], string[]] = [[], []];
  const ask = async (query: string, path = '/', headers: Record<string, string> = {}): Promise<Response> =>
    fetch(new URL(path, behind), { method: 'POST', body: query, headers });

  const answerTo = async (
    query: string,
    path: string,
    headers: Record<string, string>,
  ): Promise<Response> => {
    if (query.includes('FROM system.clusters')) return Response.json({ data: [{ cluster, shards: '1' }] });
    const words = ` ON CLUSTER '${cluster}'`;
    if (!query.includes(words)) {
      if (changes.test(query)) onOneServer.push(query);
      return ask(query, path, headers);
    }
    onCluster.push(query);
    const parsed = await ask(`EXPLAIN AST ${query}`);
    if (!parsed.ok) return parsed;
    // Without a keeper there is nothing to wait for.
    if (query.startsWith('SYSTEM SYNC REPLICA')) return new Response('');
    return ask(query.replace(words, '').replace(replicated, plain), path, headers);
  };

  const server = createServer((request, response) => {
    void buffer(request).then(async (body) => {
      const given = ['content-type', 'authorization', 'x-clickhouse-user', 'x-clickhouse-key'].flatMap(
        (name) => {
          const value = request.headers[name];
          return typeof value === 'string' ? [[name, value] as const] : [];
        },
      );
      const answer = await answerTo(body.toString(), request.url ?? '/', Object.fromEntries(given));
      const text = await answer.text();
      const kept = ['content-type', 'x-clickhouse-exception-code', 'x-clickhouse-summary'].flatMap((name) => {
        const value = answer.headers.get(name);
        return value === null ? [] : [[name, value] as const];
      });
      response.writeHead(answer.status, Object.fromEntries(kept));
      response.end(text.replaceAll(new RegExp(`(?<!Replicated)${plain}`, 'g'), replicated));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    onCluster,
    onOneServer,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
