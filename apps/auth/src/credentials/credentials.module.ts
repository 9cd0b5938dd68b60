import { Module } from '@nestjs/common';
import { SessionsModule } from '../sessions/sessions.module.js';
import { CredentialsController } from './credentials.controller.js';
import { CredentialsService } from './credentials.service.js';
import { CredentialsStore } from './credentials.store.js';
import { DemoCredentials } from './demo-credentials.js';
import { GoneUsersController } from './gone-users.controller.js';
import { GoneUsersService } from './gone-users.service.js';
import { Passwords } from './passwords.js';

@Module({
  imports: [SessionsModule],
  controllers: [CredentialsController, GoneUsersController],
  providers: [CredentialsStore, CredentialsService, GoneUsersService, Passwords, DemoCredentials],
  exports: [CredentialsService],
})
export class CredentialsModule {}
