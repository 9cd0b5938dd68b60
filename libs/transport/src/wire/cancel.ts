/** The broadcast channel on which a service hears which requests were called off: ids by line. */
export function cancelChannel(service: string): string {
  return `cancel.${service}`;
}
