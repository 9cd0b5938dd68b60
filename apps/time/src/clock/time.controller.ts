import { time, type CurrentTime } from '@courtside/contracts';
import { CLOCK, Handles, type Clock } from '@courtside/service';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { currentTime } from './current-time.js';

@Controller()
export class TimeController {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  @Handles(time.read)
  read(@Payload({ schema: time.read.input }) _input: object): CurrentTime {
    return currentTime(this.clock.now());
  }
}
