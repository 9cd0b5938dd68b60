/**
 * Publishes from where a queue lies, so that what its replies begin with stays before their end: in a
 * Cluster two nodes reach a listener in no order.
 *
 * KEYS 1 stream of the queue
 * ARGV 1 channel, 2 text
 * Answers how many listeners this node knows.
 */
export const publish1 = `return redis.call('PUBLISH', ARGV[1], ARGV[2])`;
