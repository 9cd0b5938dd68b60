import { IdentityModule } from '@courtside/identity';
import { Module } from '@nestjs/common';
import { TimeController } from './clock/time.controller.js';

@Module({ imports: [IdentityModule.forService()], controllers: [TimeController] })
export class AppModule {}
