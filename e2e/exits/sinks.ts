import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Place, Sink } from './ways-out.ts';

const PLACES = ['field', 'controller', 'page'] as const;

/** Browsers ask a STUN server from an address of the network and not from the loopback. */
function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}

/** A thief's servers: they count all that reaches them. */
export class Sinks {
  /** `<place>/<way>?<value>` of every request, WebSocket upgrades too, and `<place>/preconnect`. */
  readonly arrived: string[] = [];
  packets = 0;
  readonly #http: HttpServer = createHttpServer((request, response) => {
    this.#note(request.url);
    response.writeHead(200, { 'content-type': 'text/plain', 'access-control-allow-origin': '*' });
    response.end('thanks');
  });
  readonly #tcp: Readonly<Record<Place, Server>>;
  readonly #udp = createSocket('udp4', () => {
    this.packets += 1;
  });

  constructor() {
    this.#http.on('upgrade', (request, socket) => {
      this.#note(request.url);
      socket.destroy();
    });
    const counting = (place: Place) =>
      createServer((socket) => {
        this.arrived.push(`${place}/preconnect`);
        socket.on('error', () => {});
        socket.unref();
      });
    const [field, controller, page] = PLACES.map(counting) as [Server, Server, Server];
    this.#tcp = { field, controller, page };
  }

  async open(): Promise<Readonly<Record<Place, Sink>>> {
    const servers = [this.#http, ...Object.values(this.#tcp)];
    const listening = servers.map((server) => once(server.listen(0, '127.0.0.1'), 'listening'));
    this.#udp.bind(0, ownAddress());
    await Promise.all([...listening, once(this.#udp, 'listening')]);
    const local = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const stun = `${ownAddress()}:${this.#udp.address().port}`;
    const sink = (place: Place) => ({
      http: local(this.#http),
      tcp: local(this.#tcp[place]),
      stun,
    });
    return { field: sink('field'), controller: sink('controller'), page: sink('page') };
  }

  /** The ways by which something came from a place. */
  waysFrom(place: Place): string[] {
    const paths = this.arrived.filter((path) => path.startsWith(`${place}/`));
    const names = paths.map((path) =>
      decodeURIComponent(path.slice(place.length + 1).replace(/\?.*/, '')),
    );
    return [...new Set(names)].sort();
  }

  forget(): void {
    this.arrived.length = 0;
    this.packets = 0;
  }

  close(): void {
    this.#http.closeAllConnections();
    for (const server of [this.#http, ...Object.values(this.#tcp)]) server.close();
    this.#udp.close();
  }

  #note(url: string | undefined): void {
    const path = (url ?? '').slice(1);
    if (PLACES.some((place) => path.startsWith(`${place}/`))) this.arrived.push(path);
  }
}
