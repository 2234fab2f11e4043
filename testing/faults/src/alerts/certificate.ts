import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer as createTlsServer } from 'node:tls';
import type { CaseContext } from '../fault-case.ts';

/**
 * A public address whose certificate expires in some days, and a probe that looks at it for each scrape and says what a
 * blackbox exporter says.
 * @returns where the probe is scraped: `host:port`
 */
export async function probedCertificate(context: CaseContext, days: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-alerts-certificate-'));
  context.onEnd(() => rm(folder, { recursive: true, force: true }));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const args = ['req', '-x509', ...curve, '-keyout', keyFile, '-out', certFile, '-days', String(days)];
  execFileSync('openssl', [...args, '-subj', '/CN=localhost'], { stdio: 'ignore' });
  const address = createTlsServer({ key: readFileSync(keyFile), cert: readFileSync(certFile) });
  const { port } = await listen(address);
  const probe = createHttpServer((_request, response) => {
    // Self-signed: the time alone is of interest.
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      const expiry = Date.parse(socket.getPeerCertificate().valid_to) / 1_000;
      socket.destroy();
      response.setHeader('content-type', 'text/plain').end(`probe_ssl_earliest_cert_expiry ${expiry}\n`);
    });
    socket.once('error', () => response.writeHead(500).end());
  });
  const { port: scraped } = await listen(probe);
  context.onEnd(() => {
    probe.closeAllConnections();
    probe.close();
    address.close();
    return Promise.resolve();
  });
  return `127.0.0.1:${scraped}`;
}

async function listen(
  server: ReturnType<typeof createHttpServer | typeof createTlsServer>,
): Promise<AddressInfo> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address() as AddressInfo;
}
