/** The floor: Fastify alone, answering the given JSON without asking anybody. usage: floor.mjs PORT JSON */
import Fastify from 'fastify';

const [port, body] = process.argv.slice(2);
const server = Fastify();
server.get('/*', (_request, reply) => reply.type('application/json').send(body));
await server.listen({ port: Number(port), host: '127.0.0.1' });
process.send?.('ready');
