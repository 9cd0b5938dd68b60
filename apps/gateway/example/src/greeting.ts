/** A page of one's own, served by a method: it enters the table of the gateway, and Nest injects what it needs. */
import { Controller, Injectable, Module, type DynamicModule, type Type } from '@nestjs/common';
import { jsonAnswer, Route, type Answer, type Exchange } from '@courtside/gateway';

@Injectable()
export class Greetings {
  of(name: string): string {
    return `Hello, ${name}!`;
  }
}

@Controller()
class GreetingController {
  constructor(private readonly greetings: Greetings) {}

  @Route({ method: 'GET', path: '/hello/{name}', auth: 'none', summary: 'Greets' })
  greet({ matched }: Exchange): Answer {
    return jsonAnswer(200, { greeting: this.greetings.of(matched.params['name'] ?? 'you') });
  }
}

@Module({})
export class OwnGateway {
  /** The gateway as it is, and the page beside its own. */
  static around(gateway: Type | DynamicModule): DynamicModule {
    return {
      module: OwnGateway,
      imports: [gateway],
      controllers: [GreetingController],
      providers: [Greetings],
    };
  }
}
