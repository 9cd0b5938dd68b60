import { Module } from '@nestjs/common';
import { SessionsModule } from '../sessions/sessions.module.js';
import { CredentialsController } from './credentials.controller.js';
import { CredentialsService } from './credentials.service.js';
import { CredentialsStore } from './credentials.store.js';
import { DemoCredentials } from './demo-credentials.js';
import { Passwords } from './passwords.js';

@Module({
  imports: [SessionsModule],
  controllers: [CredentialsController],
  providers: [CredentialsStore, CredentialsService, Passwords, DemoCredentials],
  exports: [CredentialsService],
})
export class CredentialsModule {}
