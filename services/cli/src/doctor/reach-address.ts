import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls, type PeerCertificate, type SecureContext, type TLSSocket } from 'node:tls';
import { broken, right, risky, type Finding } from '@sluice/service/finding';

/** Where something listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
  /** With what the handshake is made; null where no TLS is spoken. */
  readonly tls: { readonly secureContext?: SecureContext } | null;
}

const patienceMs = 5_000;
const dayMs = 86_400_000;
/** How long before its end a certificate is worth a word. */
const soonDays = 14;

/**
 * Looks a name up, connects to it and, where TLS is spoken, judges its certificate. The first thing that is wrong is
 * the last one that is told.
 * @param how the option or setting that names the address
 * @returns findings, of which none is broken where the address can be used
 */
export async function reachAddress({ host, port, tls }: Address, how: string): Promise<Finding[]> {
  const place = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  try {
    if (isIP(host) === 0) await lookup(host, { all: true });
  } catch (error) {
    const text = `The name ${host} has no address (${codeOf(error)}).`;
    return [broken('name', text, `Correct the name in ${how}, or the name server of this machine.`)];
  }
  try {
    await openTcp(host, port);
  } catch (error) {
    const text = `${place} takes no connection (${codeOf(error)}).`;
    return [
      broken(
        'connection',
        text,
        `Start it, or correct the port in ${how}, the firewall or the NetworkPolicy.`,
      ),
    ];
  }
  return tls === null
    ? [right('connection', `${place} takes connections.`)]
    : certificateAt(place, { host, port, tls }, how);
}

async function openTcp(host: string, port: number): Promise<void> {
  const socket = connectTcp({ host, port });
  await new Promise<void>((resolve, reject) => {
    socket.setTimeout(patienceMs, () => reject(Object.assign(new Error(), { code: 'ETIMEDOUT' })));
    socket.once('connect', () => resolve()).once('error', reject);
  }).finally(() => socket.destroy());
}

async function certificateAt(place: string, { host, port, tls }: Address, how: string): Promise<Finding[]> {
  // What is wrong with a certificate is told by what it is, and not by the first error of a handshake.
  const socket = connectTls({
    ...{
      host,
      port,
      rejectUnauthorized: false,
      ...(tls?.secureContext && { secureContext: tls.secureContext }),
    },
    ...(isIP(host) === 0 && { servername: host }),
  });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.setTimeout(patienceMs, () => reject(Object.assign(new Error(), { code: 'ETIMEDOUT' })));
      socket.once('secureConnect', () => resolve()).once('error', reject);
    });
    return [judge(place, socket, how)];
  } catch (error) {
    const text = `${place} takes connections and ends the TLS handshake (${codeOf(error)}).`;
    return [broken('tls', text, `Check whether this port speaks TLS, and which certificates it asks for.`)];
  } finally {
    socket.destroy();
  }
}

function judge(place: string, socket: TLSSocket, how: string): Finding {
  const certificate = socket.getPeerCertificate();
  const [from, until] = [Date.parse(certificate.valid_from), Date.parse(certificate.valid_to)];
  const days = Math.floor((until - Date.now()) / dayMs);
  const issued = `${place}: the certificate ${namesOf(certificate)}`;
  if (days < 0) return broken('tls-expired', `${issued} expired on ${dayOf(until)}.`, 'Renew it.');
  if (from > Date.now())
    return broken(
      'tls-not-yet',
      `${issued} is valid from ${dayOf(from)} on.`,
      'Correct the clocks, or the certificate.',
    );
  // A code, whatever the types say; null where the chain and the name are right.
  const error = socket.authorizationError as unknown as string | null;
  if (error === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return broken(
      'tls-name',
      `${issued} is not for this name.`,
      `Use one of its names in ${how}, or add this name to it.`,
    );
  if (error !== null)
    return broken(
      'tls-trust',
      `${issued} is signed by nobody that is trusted here (${error}).`,
      'Add the authority: SLUICE_KAFKA_TLS_CA_FILE for Kafka, NODE_EXTRA_CA_CERTS for the others.',
    );
  if (days < soonDays) return risky('tls-expires-soon', `${issued} expires in ${days} days.`, 'Renew it.');
  return right('tls', `${issued} is trusted and valid until ${dayOf(until)}.`);
}

const dayOf = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 10);

function namesOf({ subject, subjectaltname }: PeerCertificate): string {
  const alternatives = (subjectaltname ?? '').split(', ').map((name) => name.replace(/^\w[\w ]*:/, ''));
  const names = [
    ...new Set([subject.CN, ...alternatives].flat().filter((name) => name !== undefined && name !== '')),
  ];
  return `of ${names.slice(0, 3).join(', ') || 'nobody'}`;
}

/** Of a name with several addresses Node.js has an error for each, and none of its own. */
function codeOf(error: unknown): string {
  const { code, errors, message } = error as NodeJS.ErrnoException & { errors?: NodeJS.ErrnoException[] };
  return errors?.[0]?.code ?? code ?? message;
}

/** @param url of http or https */
export function addressOfUrl(url: string): Address {
  const { hostname, port, protocol } = new URL(url);
  const isTls = protocol === 'https:';
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || (isTls ? 443 : 80)),
    tls: isTls ? {} : null,
  };
}
