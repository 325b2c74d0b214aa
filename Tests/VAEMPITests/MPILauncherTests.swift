import Testing
import VAEMPI

/// What a process learns from its environment of the launcher that started it.
struct MPILauncherTests {
  @Test func launchersAreKnown() throws {
    let openMPI = try #require(
      MPILauncher(environment: ["OMPI_COMM_WORLD_RANK": "2", "OMPI_COMM_WORLD_SIZE": "4", "PMIX_RANK": "2"]))
    #expect((openMPI.rank, openMPI.count) == (2, 4))
    #expect(openMPI.name == "Open MPI" && openMPI.libraries.first?.contains("40") == true)
    let mpich = try #require(MPILauncher(environment: ["PMI_RANK": "0", "PMI_SIZE": "3"]))
    #expect((mpich.rank, mpich.count) == (0, 3))
    #expect(mpich.libraries.last?.contains("mpi_abi") == true)
    let slurm = try #require(MPILauncher(environment: ["PMIX_RANK": "1", "SLURM_STEP_NUM_TASKS": "2"]))
    #expect((slurm.rank, slurm.count) == (1, 2))
  }

  @Test func mostProcessesHaveNone() {
    #expect(MPILauncher(environment: [:]) == nil)
    #expect(MPILauncher(environment: ["SLURM_NTASKS": "4", "SLURM_PROCID": "0"]) == nil)
    #expect(MPILauncher(environment: ["PMI_RANK": "0", "PMI_SIZE": "some"]) == nil)
    #expect(MPILauncher(environment: ["PMI_RANK": "0", "PMI_SIZE": "2", "VAE_MPI": "off"]) == nil)
  }

  @Test func aLibraryMayBeNamed() throws {
    let launcher = try #require(
      MPILauncher(environment: ["PMI_RANK": "0", "PMI_SIZE": "2", "VAE_MPI": "/opt/libmpi.so"]))
    #expect(launcher.libraries == ["/opt/libmpi.so"])
    let usual = try #require(MPILauncher(environment: ["PMI_RANK": "0", "PMI_SIZE": "2", "VAE_MPI": ""]))
    #expect(usual.libraries.count == 3)
  }
}
