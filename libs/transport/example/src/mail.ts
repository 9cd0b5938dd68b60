/** A service that hears events. What it throws is tried again, then put aside as a dead letter. */
import { Controller, Module } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { MessageContext } from '@courtside/transport';
import type { Order } from './orders.js';

/** Addresses that the mail server takes by now, and orders that a mail was sent for. */
export const mailboxes = new Set(['ann@example.org']);
export const sent = new Set<number>();

@Controller()
class MailController {
  // Without <string> NestJS 12 wants every parameter after the first to be unknown.
  @EventPattern<string>('orders.placed')
  placed(@Payload() { number, mail }: Order, @Ctx() { attempt }: MessageContext): void {
    const run = `mail: order ${number}, attempt ${attempt},`;
    const fault = number === 1 && attempt === 1 ? 'the mail server is busy' : faultOf(mail);
    console.log(`${run} ${fault ?? 'sent'}`);
    if (fault !== undefined) throw new Error(fault);
    sent.add(number);
  }
}

function faultOf(mail: string): string | undefined {
  return mailboxes.has(mail) ? undefined : `there is no mailbox ${mail}`;
}

@Module({ controllers: [MailController] })
export class MailModule {}
