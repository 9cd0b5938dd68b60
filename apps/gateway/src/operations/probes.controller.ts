import { Health } from '@courtside/service';
import { Controller } from '@nestjs/common';
import { jsonAnswer, type Answer } from '../http/answer.js';
import { Route } from '../routes/route.decorator.js';
import { Smoke } from './smoke.js';

/** What orchestrators and pipelines ask. */
@Controller()
export class ProbesController {
  constructor(
    private readonly health: Health,
    private readonly smoke: Smoke,
  ) {}

  @Route({ method: 'GET', path: '/livez', auth: 'none', summary: 'Whether the process lives' })
  livez(): Answer {
    return jsonAnswer(200, { alive: true });
  }

  @Route({ method: 'GET', path: '/readyz', auth: 'none', summary: 'Whether it takes requests' })
  async readyz(): Promise<Answer> {
    const checks = await this.health.run();
    const ready = this.health.takesWork && checks.every((check) => check.up);
    return jsonAnswer(ready ? 200 : 503, { ready, checks });
  }

  @Route({ method: 'GET', path: '/startupz', auth: 'none', summary: 'Whether it has started' })
  startupz(): Answer {
    const started = this.health.hasStarted;
    return jsonAnswer(started ? 200 : 503, { started });
  }

  @Route({
    method: 'GET',
    path: '/smoke',
    auth: 'none',
    summary: 'Whether every service and what it depends on is up',
  })
  async smokeTest(): Promise<Answer> {
    const result = await this.smoke.result();
    return jsonAnswer(result.up ? 200 : 503, result);
  }
}
