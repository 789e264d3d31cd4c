"""The patient's clinical fields, which the server keeps without interpreting."""

from pydantic import BaseModel

from deployments.api.fields import Age, Day, LongText


class ClinicalFields(BaseModel):
    """Free text by topic; the names are those of the app's forms."""

    age: Age = None
    residence: LongText | None = None
    education: LongText | None = None
    occupation: LongText | None = None
    marital_status: LongText | None = None
    date_of_assessment: Day = None

    current_medical_conditions: LongText | None = None
    past_medical_conditions: LongText | None = None
    current_medications: LongText | None = None
    allergies: LongText | None = None
    hospitalizations: LongText | None = None
    previous_psychiatric_diagnoses: LongText | None = None
    previous_psychiatric_treatment: LongText | None = None
    previous_psychiatric_hospitalizations: LongText | None = None
    suicide_self_harm_history: LongText | None = None
    substance_use_history: LongText | None = None
    psychiatric_illness_family: LongText | None = None
    medical_illness_family: LongText | None = None
    family_dynamics: LongText | None = None
    significant_family_events: LongText | None = None
    childhood_developmental_history: LongText | None = None
    educational_history: LongText | None = None
    occupational_history: LongText | None = None
    relationship_history: LongText | None = None
    social_support_system: LongText | None = None
    living_situation: LongText | None = None
    cultural_religious_background: LongText | None = None
    chief_complaint: LongText | None = None
    chief_complaint_description: LongText | None = None
    illness_onset: LongText | None = None
    illness_progression: LongText | None = None
    previous_episodes: LongText | None = None
    triggers: LongText | None = None
    impact_on_functioning: LongText | None = None
    mse_appearance: LongText | None = None
    mse_behavior: LongText | None = None
    mse_speech: LongText | None = None
    mse_mood: LongText | None = None
    mse_affect: LongText | None = None
    mse_thought_process: LongText | None = None
    mse_thought_content: LongText | None = None
    mse_perception: LongText | None = None
    mse_cognition: LongText | None = None
    mse_insight: LongText | None = None
    mse_judgment: LongText | None = None
