// A route that takes sealed entries and puts them into a queue: what the vault would refuse is refused here, while the
// caller still listens, and never waits in the queue. Needs fastify: npm install fastify
import { CredsealError, preflight, VaultKey } from 'credseal';
import Fastify from 'fastify';

/** @param {{ key: VaultKey, enqueue: (payload: object) => Promise<void> }} options */
export function buildServer({ key, enqueue }) {
  const server = Fastify();
  server.post('/entries', async (request, reply) => {
    const report = preflight(request.body, { keys: key });
    // Findings name fields and rules, and show no values: they may go back to the caller, and into the log.
    if (!report.ok) return reply.code(422).send(report);
    await enqueue(request.body);
    return reply.code(202).send({ accepted: report.checked });
  });
  return server;
}

if (process.argv[1] === import.meta.filename) {
  try {
    const server = buildServer({
      key: VaultKey.fromEnv(),
      enqueue: async (payload) => console.log('queued', payload),
    });
    console.log(`listening on ${await server.listen({ port: Number(process.env.PORT ?? 3000) })}`);
  } catch (error) {
    if (!(error instanceof CredsealError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
