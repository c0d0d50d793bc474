"""The closed vocabularies of findings, as other programs rely on them."""

from __future__ import annotations

from enum import StrEnum


class OverlapVerdict(StrEnum):
    """What may be said of one subject and one plan or zone."""

    CONFLICT = "conflict"
    COMPATIBLE = "compatible"
    WITHIN_ACCURACY = "within_accuracy"
    UNDECIDED = "undecided"
    CLEAR = "clear"
    NOT_CHECKED = "not_checked"


class NotCheckedReason(StrEnum):
    """Why a plan says nothing about a subject."""

    NO_DATA = "no_data"
    OUTSIDE_GROUND = "outside_ground"
    NOT_IN_FORCE = "not_in_force"
    DATE_UNKNOWN = "date_unknown"
    WIDTH_UNKNOWN = "width_unknown"
    WIDTH_UNVERIFIED = "width_unverified"
    CLASS_UNKNOWN = "class_unknown"
    EDGE_UNKNOWN = "edge_unknown"


class Relation(StrEnum):
    """How a subject lies to a zone, read subject → zone."""

    EQUALS = "equals"
    CONTAINS = "contains"
    WITHIN = "within"
    OVERLAPS = "overlaps"
    CROSSES = "crosses"


class Severity(StrEnum):
    """What a finding asks of the person who reads it."""

    NOTE = "note"
    APPROVAL = "approval"
    BLOCKING = "blocking"


class Stage(StrEnum):
    """The moment in a plan's life at which the question is put."""

    DRAFT = "draft"
    APPRAISAL = "appraisal"


class MarkerVerdict(StrEnum):
    """What may be said of one boundary marker."""

    OK = "ok"
    MOVED = "moved"
    MISSING = "missing"
    EXTRA = "extra"
    DUPLICATE = "duplicate"
    UNDECIDED = "undecided"


class MarkerCause(StrEnum):
    """What is wrong with a set of markers as a whole."""

    NONE = "none"
    SWAPPED_AXES = "swapped_axes"
    DEGREES = "degrees"
    WRONG_CENTRAL_MERIDIAN = "wrong_central_meridian"
    WRONG_ZONE_WIDTH = "wrong_zone_width"
    NO_DATUM_SHIFT = "no_datum_shift"
    DATUM_SHIFT_REVERSED = "datum_shift_reversed"
    DATUM_SHIFT_UNWANTED = "datum_shift_unwanted"
    DATUM_ROTATION_SIGN = "datum_rotation_sign"
    MEKONG_DATUM_OPERATION = "mekong_datum_operation"
    CONSTANT_SHIFT = "constant_shift"
    ROTATION = "rotation"
    SCALE = "scale"
    RING_REVERSED = "ring_reversed"
    IDS_SWAPPED = "ids_swapped"
    IDS_SHIFTED = "ids_shifted"
    NUMBERS_MISREAD = "numbers_misread"
    UNKNOWN = "unknown"


NAMING = frozenset({MarkerCause.IDS_SWAPPED, MarkerCause.IDS_SHIFTED, MarkerCause.RING_REVERSED})
"""Causes that change names only: places are judged as they are."""


UNEXPLAINED = frozenset(
    {MarkerCause.CONSTANT_SHIFT, MarkerCause.ROTATION, MarkerCause.SCALE, MarkerCause.UNKNOWN}
)
"""Causes under which nobody knows whether ground or survey is wrong, unless control tells."""


class Certainty(StrEnum):
    """How far a diagnosis may be relied on."""

    CERTAIN = "certain"
    LIKELY = "likely"
    CANNOT_TELL = "cannot_tell"


class ParcelStatus(StrEnum):
    """Where a lease parcel stands on the idle clock (Land Law 31/2024/QH15, Art. 81(8))."""

    NOT_HANDED_OVER = "not_handed_over"
    ON_SCHEDULE = "on_schedule"
    LATE = "late"
    IDLE = "idle"
    LAPSED = "lapsed"
    EXTENDED = "extended"
    PRODUCING = "producing"
    ENDED = "ended"
    UNKNOWN = "unknown"


SEVERITY_ORDER = (Severity.NOTE, Severity.APPROVAL, Severity.BLOCKING)

OVERLAP_VERDICT_ORDER = (
    OverlapVerdict.CLEAR,
    OverlapVerdict.COMPATIBLE,
    OverlapVerdict.WITHIN_ACCURACY,
    OverlapVerdict.NOT_CHECKED,
    OverlapVerdict.UNDECIDED,
    OverlapVerdict.CONFLICT,
)
"""From best to worst: ``summary.layers`` gives the worst verdict of a subject × plan."""


class FitVerdict(StrEnum):
    """Whether a cluster lies where, and is as large as, plan, place and decision say."""

    FITS = "fits"
    DOES_NOT_FIT = "does_not_fit"
    WITHIN_ACCURACY = "within_accuracy"
    UNDECIDED = "undecided"
    NOT_CHECKED = "not_checked"


class ItemState(StrEnum):
    """Where an item of a checklist stands."""

    PRESENT = "present"
    MISSING = "missing"
    CONTRADICTS = "contradicts"
    NOT_NEEDED = "not_needed"
    NOT_CHECKED = "not_checked"


FIT_VERDICT_ORDER = (
    FitVerdict.FITS,
    FitVerdict.WITHIN_ACCURACY,
    FitVerdict.NOT_CHECKED,
    FitVerdict.UNDECIDED,
    FitVerdict.DOES_NOT_FIT,
)
"""From best to worst."""
