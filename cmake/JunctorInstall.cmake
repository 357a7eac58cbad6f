# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.

# What `cmake --install` puts in place, so that find_package(junctor) gives junctor::junctor and junctor_module().

include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/junctor")

install(TARGETS ${JUNCTOR_TARGETS} junctor_umbrella
    EXPORT junctor
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(EXPORT junctor NAMESPACE junctor:: FILE junctor-targets.cmake DESTINATION "${package_dir}")

configure_package_config_file(
    "${CMAKE_CURRENT_LIST_DIR}/junctor-config.cmake.in"
    "${PROJECT_BINARY_DIR}/junctor-config.cmake"
    INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file(
    "${PROJECT_BINARY_DIR}/junctor-config-version.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES
    "${PROJECT_BINARY_DIR}/junctor-config.cmake"
    "${PROJECT_BINARY_DIR}/junctor-config-version.cmake"
    "${CMAKE_CURRENT_LIST_DIR}/FindArgon2.cmake"
    "${CMAKE_CURRENT_LIST_DIR}/JunctorModule.cmake"
    "${CMAKE_CURRENT_LIST_DIR}/junctor-module.map"
    DESTINATION "${package_dir}")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
