import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import express from 'express';
import { planHistory } from '../../../src/app/plan-history.ts';
import { pageRoutes } from '../../../src/server/page/routes.ts';

/** Who asks, as the socket says. */
let from = '127.0.0.1';
const view = () => ({ at: '2026-11-24T12:00:00Z', revision: 'r', holder: true, problems: [], decisions: [] });
const app = express().use((request, _response, next) => {
  Object.defineProperty(request.socket, 'remoteAddress', { value: from, configurable: true });
  next();
});
const routes = pageRoutes({ view, history: planHistory(1), about: { version: '1', simulated: null } });
const server = createServer(app.use(routes));
beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
afterAll(() => void server.close());

const statusOf = (path: string, host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    get(url, { headers: { host }, agent: false }, (answer) => resolve(answer.resume().statusCode)).on('error', reject);
  });

it.each(['/', '/api/v1/plan', '/api/v1/explain/n/hpa'])(
  '%s is for no web page that made its name this host, and for everybody who reaches it by the name of another',
  async (path) => {
    from = '127.0.0.1';
    const known = path.endsWith('/hpa') ? 404 : 200;
    expect(await statusOf(path, 'localhost:8080')).toBe(known);
    expect(await statusOf(path, 'evil.example:8080')).toBe(403);
    from = '10.0.0.7';
    expect(await statusOf(path, 'tidecaster.tidecaster-system:8080')).toBe(known);
  },
);
