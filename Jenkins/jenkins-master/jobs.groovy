// The seed: every job there is. Configuration as code runs it at each start; REPOSITORY is in its environment.
def repository = System.getenv('REPOSITORY')

multibranchPipelineJob('courtside') {
  displayName('Courtside')
  branchSources {
    branchSource {
      source {
        git {
          id('courtside')
          remote(repository)
          credentialsId('repository')
          traits {
            gitBranchDiscovery()
            // A branch is compared with what it left, so that has to be there.
            refSpecs {
              templates {
                refSpecTemplate {
                  value('+refs/heads/*:refs/remotes/@{remote}/*')
                }
              }
            }
          }
        }
      }
    }
  }
  factory {
    workflowBranchProjectFactory {
      scriptPath('Jenkinsfile')
    }
  }
  orphanedItemStrategy {
    discardOldItems {
      numToKeep(20)
    }
  }
  triggers {
    periodicFolderTrigger {
      interval('5m')
    }
  }
}

pipelineJob('courtside-deploy') {
  displayName('Courtside: deploy')
  definition {
    cpsScm {
      lightweight(true)
      scriptPath('Jenkins/deploy/Jenkinsfile')
      scm {
        git {
          remote {
            url(repository)
            credentials('repository')
          }
          branch('main')
        }
      }
    }
  }
}
